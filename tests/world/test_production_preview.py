"""Production can be previewed on a machine without access to it, and cannot be created from there."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from local.world import LOCAL, ROOT
from tests.world.live_world import write_project

SECRETS = ("kenniClientSecret", "djangoApiToken")
INVENTED = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Production:
    """The stack `prod` with its own settings, invented secrets, and the test's backend and passphrase."""

    folder: Path

    def run(self, *arguments: str, content: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the Pulumi CLI on this stack."""
        own = {
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.folder / "passphrase"),
        }
        command = ["pulumi", *arguments, "--cwd", str(self.folder), "--non-interactive"]
        done = subprocess.run(
            command, env=os.environ | own, input=content, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done

    def preview(self) -> dict[str, Any]:
        """Preview an `up`."""
        return dict(json.loads(self.run("preview", "--json", "-s", "prod").stdout))


@pytest.fixture
def production(tmp_path: Path) -> Production:
    stacks = tmp_path / "stacks"
    write_project(tmp_path, main=ROOT / "infra", stacks=stacks)
    for folder in (stacks, tmp_path / "backend"):
        folder.mkdir()
    (tmp_path / "passphrase").write_text(INVENTED)
    shutil.copy(ROOT / "Pulumi.prod.yaml", stacks)
    stack = Production(tmp_path)
    stack.run("stack", "init", "prod", "--secrets-provider", "passphrase")
    for name in SECRETS:
        stack.run("config", "set", "--secret", name, "-s", "prod", content=INVENTED)
    return stack


def test_production_is_previewed_offline(production: Production) -> None:
    preview = production.preview()
    assert set(preview["changeSummary"]) == {"create"}
    types = {step["newState"]["type"] for step in preview["steps"]}
    assert {"gcp:cloudfunctionsv2/function:Function", "gcp:firestore/database:Database"} <= types
    assert INVENTED not in json.dumps(preview)


def test_production_is_not_created_here(production: Production) -> None:
    """The only target is one API, so that a refusal that fails cannot touch the host either."""
    urns = [step["urn"] for step in production.preview()["steps"]]
    target = next(urn for urn in urns if "projects/service:Service" in urn)
    refused = production.run("up", "--yes", "--skip-preview", "-s", "prod", "--target", target, check=False)
    assert refused.returncode != 0
    assert "demo-" in refused.stdout + refused.stderr
    assert not (LOCAL / "prod").exists()
