"""What an interrupted run has left is read from the stack's own state, by Pulumi's own command."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.interrupted import Creation, Recorded, of_state, recorded

URN = "urn:pulumi:prod::ekklesia::gcp:cloudscheduler/job:Job::member-sync-sweep"
BUCKET = "urn:pulumi:prod::ekklesia::gcp:storage/bucket:Bucket"
STATE = {
    "version": 3,
    "deployment": {
        "resources": [
            {"urn": f"{BUCKET}::backups", "type": "gcp:storage/bucket:Bucket", "id": "demo-backups"},
            {"urn": f"{BUCKET}::wheels", "type": "gcp:storage/bucket:Bucket", "delete": True},
            {"urn": f"{URN}::2", "type": "gcp:cloudscheduler/job:Job", "pendingReplacement": True},
        ],
        "pending_operations": [
            {"type": "creating", "resource": {"urn": URN, "type": "gcp:cloudscheduler/job:Job"}},
            {"type": "creating", "resource": {"urn": f"{URN}::2", "type": "gcp:cloudscheduler/job:Job"}},
            {"type": "updating", "resource": {"urn": f"{URN}-2", "type": "gcp:cloudscheduler/job:Job"}},
        ],
    },
}


@pytest.fixture
def warnings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr("pulumi.log.warn", said.append)
    monkeypatch.setattr("pulumi.get_organization", lambda: "organization")
    monkeypatch.setattr("pulumi.get_project", lambda: "ekklesia")
    monkeypatch.setattr("pulumi.get_stack", lambda: "prod")
    return said


def command(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program of Pulumi's name, first on the path."""
    program = folder / "pulumi"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_the_creations_whose_end_nobody_knows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warnings: list[str]
) -> None:
    (tmp_path / "state.json").write_text(json.dumps(STATE))
    command(tmp_path, monkeypatch, f'echo "$@" > {tmp_path}/asked; cat {tmp_path}/state.json')
    found = recorded()
    assert found.begun == {
        Creation("gcp:cloudscheduler/job:Job", name) for name in ("member-sync-sweep", "member-sync-sweep::2")
    }
    assert found.made == {Creation("gcp:storage/bucket:Bucket", "backups"): "demo-backups"}
    assert found.replaced == {Creation("gcp:cloudscheduler/job:Job", "member-sync-sweep::2")}
    assert found.is_known
    asked = (tmp_path / "asked").read_text().split()
    assert asked == ["stack", "export", "--stack", "organization/ekklesia/prod", "--non-interactive"]
    assert warnings == []


@pytest.mark.parametrize(
    "script", ["echo 'no such stack' >&2; exit 1", "echo not JSON", "echo '{}'; exit 1", "exec sleep 20", ""]
)
def test_a_state_that_cannot_be_read_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warnings: list[str], script: str
) -> None:
    command(tmp_path, monkeypatch, script)
    if not script:
        (tmp_path / "pulumi").unlink()
    if "sleep" in script:
        monkeypatch.setattr("infra.interrupted.PATIENCE_SECONDS", 0.1)
    assert recorded() == Recorded(is_known=False)
    [warning] = warnings
    assert warning.startswith("what an interrupted run has left is not known: ")
    assert ("timed out" in warning) is ("sleep" in script)


def test_interrupted_creations_are_those_of_the_state() -> None:
    urn = "urn:pulumi:prod::ekklesia::ekklesia:infra:CloudFunction$gcp:serviceaccount/account:Account::fn-x"
    begun = {"urn": urn, "type": "gcp:serviceaccount/account:Account"}
    pending = [{"type": "creating", "resource": begun}, {"type": "deleting", "resource": begun | {"urn": ""}}]
    assert of_state({"deployment": {"pending_operations": pending}}).begun == {
        Creation("gcp:serviceaccount/account:Account", "fn-x")
    }
    assert of_state({"deployment": None}) == of_state({"deployment": {}}) == Recorded()


def test_what_pulumi_has_learned_of_since_is_no_longer_interrupted() -> None:
    begun: dict[str, Any] = {"urn": "urn:pulumi:prod::e::a:b:C::x", "type": "a:b:C", "inputs": {"name": "x"}}
    pending = [{"type": "creating", "resource": begun}]

    def of(*resources: dict[str, Any]) -> frozenset[Creation]:
        return of_state({"deployment": {"pending_operations": pending, "resources": list(resources)}}).begun

    assert of({**begun, "id": "x"}) == frozenset()
    replaced: list[dict[str, Any]] = [
        {**begun, "inputs": {"name": "y"}},
        {**begun, "pendingReplacement": True},
    ]
    assert of(*replaced) == {Creation("a:b:C", "x")}
