"""Production is previewed offline with Google's descriptions as judge, and nothing is ever made for it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from local.environment import search_path
from local.world import ROOT

STACK = "prod"
PATIENCE_SECONDS = 300


class Production:
    """The production stack on the local providers, in a copy of their project with a backend of its own."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._environment = {
            **os.environ,
            "PATH": search_path(os.environ["PATH"]),
            "PULUMI_BACKEND_URL": f"file://{folder}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }
        shutil.copy(ROOT / "Pulumi.prod.yaml", folder)
        project = yaml.safe_load((ROOT / "local" / "Pulumi.yaml").read_text())
        del project["stackConfigDir"]
        project["main"] = str(ROOT / "infra")
        for provider in project["plugins"]["providers"]:
            provider["path"] = str(ROOT / "local" / provider["path"])
        project["runtime"]["options"]["virtualenv"] = str(ROOT / ".venv")
        (folder / "Pulumi.yaml").write_text(yaml.safe_dump(project))

    def run(self, *arguments: str, given: str = "") -> subprocess.CompletedProcess[str]:
        """Run one command of the Pulumi CLI on it."""
        return subprocess.run(
            ["pulumi", *arguments, "-C", str(self._folder), "--non-interactive"],
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Production:
    stack = Production(tmp_path_factory.mktemp("production"))
    made = stack.run("stack", "init", STACK)
    assert made.returncode == 0, made.stderr
    for name in ("kenniClientSecret", "djangoApiToken"):
        done = stack.run("config", "set", "--secret", f"ekklesia:{name}", "-s", STACK, given="invented")
        assert done.returncode == 0, done.stderr
    return stack


def test_production_is_valid_and_would_only_create(production: Production) -> None:
    done = production.run("preview", "--json", "-s", STACK)
    assert done.returncode == 0, done.stdout + done.stderr
    assert set(json.loads(done.stdout)["changeSummary"]) == {"create"}


def test_nothing_is_made_for_production(production: Production) -> None:
    done = production.run("up", "--yes", "--skip-preview", "-s", STACK)
    assert done.returncode != 0
    assert "touches only projects whose id starts with `demo-`" in done.stdout
    state = json.loads(production.run("stack", "export", "-s", STACK).stdout)["deployment"]
    made = {each["type"] for each in state["resources"] if each["custom"]}
    assert {each for each in made if not each.startswith("pulumi:providers:")} == set()
