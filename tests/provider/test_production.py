"""A preview of production works offline, with Google's descriptions, and creates nothing."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from infra.settings import SECRETS
from local.world import ROOT

from .conftest import PulumiProject

STACK = "prod"
INVENTED = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> PulumiProject:
    """The production stack with the local providers, in a copy of the project."""
    folder = tmp_path_factory.mktemp("production")
    shutil.copy(ROOT / "Pulumi.prod.yaml", folder)
    project = yaml.safe_load((ROOT / "local" / "Pulumi.yaml").read_text())
    del project["stackConfigDir"]
    project["main"] = str(ROOT / "infra")
    for provider in project["plugins"]["providers"]:
        provider["path"] = str(ROOT / "local" / provider["path"])
    project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
    (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))
    stack = PulumiProject(folder)
    stack.run("stack", "init", STACK)
    for name in SECRETS:
        stack.run("config", "set", "--secret", f"ekklesia:{name}", "-s", STACK, given=INVENTED)
    return stack


def test_production_is_valid_and_would_only_create() -> None:
    """By `make preview`, with secrets that it invents."""
    command = [sys.executable, "-m", "local", "preview", "--stack", STACK]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    _, _, counts = done.stdout.partition("Resources:\n")
    assert re.fullmatch(r"\s+\+ \d{3} to create\s*", counts)


def test_nothing_is_made_for_production(production: PulumiProject) -> None:
    done = production.run("up", "--yes", "--skip-preview", "-s", STACK, check=False)
    assert done.returncode != 0
    assert "touches only projects whose id starts with `demo-`" in done.stdout
    state = json.loads(production.run("stack", "export", "-s", STACK).stdout)["deployment"]
    made = {each["type"] for each in state["resources"] if each["custom"]}
    assert {each for each in made if not each.startswith("pulumi:providers:")} == set()
