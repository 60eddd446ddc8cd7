"""A `pulumi up` that was killed leaves its lock; the next one goes on without a hand."""

from __future__ import annotations

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from local import pulumi_stack


@pytest.fixture
def locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(pulumi_stack, "BACKEND", tmp_path)
    folder = tmp_path / ".pulumi" / "locks" / "organization" / "ekklesia" / "x"
    folder.mkdir(parents=True)
    return folder


def lock(folder: Path, pid: int, hostname: str) -> Path:
    path = folder / f"{pid}-{hostname}.json"
    path.write_text(json.dumps({"pid": pid, "username": "root", "hostname": hostname}))
    return path


def test_only_the_lock_of_a_command_that_is_gone_is_removed(locks: Path) -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    abandoned = lock(locks, ended.pid, socket.gethostname())
    held = lock(locks, os.getpid(), socket.gethostname())
    elsewhere = lock(locks, ended.pid, "another-machine")
    unreadable = locks / "half.json"
    unreadable.write_text("{")
    pulumi_stack.unlock_if_abandoned("x")
    assert not abandoned.exists()
    assert held.exists()
    assert elsewhere.exists()
    assert unreadable.exists()


def test_only_what_is_pending_is_taken_out_of_the_state(monkeypatch: pytest.MonkeyPatch) -> None:
    state = {
        "version": 3,
        "deployment": {"resources": [{"urn": "a"}], "pending_operations": [{"type": "creating"}]},
    }
    imported: list[str] = []

    def pulumi(*arguments: str, standard_input: str = "") -> str:
        if arguments[1] == "import":
            imported.append(standard_input)
        return json.dumps(state)

    monkeypatch.setattr(pulumi_stack, "pulumi", pulumi)
    pulumi_stack.clear_pending("x")
    assert [json.loads(text) for text in imported] == [
        {"version": 3, "deployment": {"resources": [{"urn": "a"}]}}
    ]
    state["deployment"] = {"resources": []}
    pulumi_stack.clear_pending("x")
    assert len(imported) == 1
