"""Production can be previewed on a machine without access to it, and cannot be created from there."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.settings import SECRETS
from local.host_manage import FAB
from local.world import LOCAL, ROOT, STACKS, stack_file
from tests.world.live_world import copy_of_the_program, write_project

INVENTED = "0123456789abcdef0123456789abcdef01234567"
WRONG_HOST = (
    "ekklesia:linode.address: should be a host name or an IP address; "
    "ekklesia:linode.port: should be greater than 0; "
    "ekklesia:linode.domains.0: should be a host name or an IPv4 address"
)
ENFORCED = 'public_access_prevention="enforced"'
POLICIES = ("--policy-pack", str(ROOT / "infra" / "policies" / "pack"))


@dataclass
class Production:
    """The stack `prod` with its own settings, invented secrets, and the test's backend and passphrase.

    `folder` holds these, `project` the project file, which names the program.
    """

    folder: Path
    project: Path

    def run(self, *arguments: str, content: str = "", check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the Pulumi CLI on this stack."""
        own = {
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'backend'}",
            "PULUMI_CONFIG_PASSPHRASE_FILE": str(self.folder / "passphrase"),
        }
        command = ["pulumi", *arguments, "--cwd", str(self.project), "--non-interactive"]
        done = subprocess.run(
            command, env=os.environ | own, input=content, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0 or not check, done.stdout + done.stderr
        return done


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> Production:
    folder = tmp_path_factory.mktemp("production")
    stacks = folder / "stacks"
    write_project(folder, main=ROOT / "infra", stacks=stacks)
    for each in (stacks, folder / "backend"):
        each.mkdir()
    (folder / "passphrase").write_text(INVENTED)
    shutil.copy(ROOT / "Pulumi.prod.yaml", stacks)
    stack = Production(folder, project=folder)
    stack.run("stack", "init", "prod", "--secrets-provider", "passphrase")
    for name in SECRETS:
        stack.run("config", "set", "--secret", name, "-s", "prod", content=INVENTED)
    return stack


@pytest.fixture(scope="module")
def preview(production: Production) -> dict[str, Any]:
    """Preview an `up` of the unchanged production program, with every policy."""
    return dict(json.loads(production.run("preview", "--json", "-s", "prod", *POLICIES).stdout))


def test_production_is_previewed_offline_and_holds_to_every_policy(preview: dict[str, Any]) -> None:
    assert set(preview["changeSummary"]) == {"create"}
    types = {step["newState"]["type"] for step in preview["steps"]}
    assert {"gcp:cloudfunctionsv2/function:Function", "gcp:firestore/database:Database"} <= types
    assert INVENTED not in json.dumps(preview)


def test_a_program_that_breaks_a_policy_is_refused_in_the_policys_words(
    production: Production, tmp_path: Path
) -> None:
    copy = copy_of_the_program(tmp_path)
    write_project(tmp_path, main=copy, stacks=production.folder / "stacks")
    declared = copy / "backup_bucket.py"
    assert ENFORCED in declared.read_text()
    declared.write_text(declared.read_text().replace(ENFORCED, ENFORCED.replace("enforced", "inherited")))
    broken = replace(production, project=tmp_path)
    refused = broken.run("preview", "-s", "prod", *POLICIES, check=False)
    assert refused.returncode != 0
    (told,) = [line.strip() for line in refused.stdout.splitlines() if "can be made public" in line]
    assert told == (
        "backups: can be made public (buckets-uniform-private-versioned, CKV_GCP_29, CKV_GCP_114, CKV_GCP_78)"
    )
    assert "[mandatory]  buckets-uniform-private-versioned" in refused.stdout


@pytest.fixture
def wrong_host() -> Iterator[str]:
    """A stack with production's settings, three of them wrong, in the place where both commands read it."""
    settings = yaml.safe_load((ROOT / "Pulumi.prod.yaml").read_text())
    settings["config"]["ekklesia:linode"] |= {"address": "starf_.is", "port": 0, "domains": ["*.starf.is"]}
    name = f"wrong-{secrets.token_hex(3)}"
    STACKS.mkdir(parents=True, exist_ok=True)
    stack_file(name).write_text(yaml.safe_dump(settings))
    yield name
    stack_file(name).unlink()


def test_a_wrong_host_is_refused_by_pulumi_and_by_fabric_with_the_same_words(
    production: Production, wrong_host: str, tmp_path: Path
) -> None:
    write_project(tmp_path, main=ROOT / "infra", stacks=STACKS)
    stack = replace(production, project=tmp_path)
    stack.run("stack", "init", wrong_host, "--secrets-provider", "passphrase")
    by_pulumi = stack.run("preview", "-s", wrong_host, check=False)
    environment = os.environ | {"FABRIC_STACK": wrong_host}
    by_fabric = subprocess.run(
        [FAB, "status"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    told = f"{stack_file(wrong_host).name}: {WRONG_HOST}"
    assert by_pulumi.returncode != 0
    assert f"error: {told}\n" in by_pulumi.stdout
    assert by_fabric.returncode != 0
    assert by_fabric.stderr.strip().endswith(told)


def test_production_is_not_created_here(production: Production, preview: dict[str, Any]) -> None:
    """The only target is one API, so that a refusal that fails cannot touch the host either."""
    urns = [step["urn"] for step in preview["steps"]]
    target = next(urn for urn in urns if "projects/service:Service" in urn)
    refused = production.run("up", "--yes", "--skip-preview", "-s", "prod", "--target", target, check=False)
    assert refused.returncode != 0
    assert "demo-" in refused.stdout + refused.stderr
    assert not (LOCAL / "prod").exists()
