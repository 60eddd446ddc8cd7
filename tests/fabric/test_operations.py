"""From the state of a host to exactly the missing commands. The cases are in `cases/operations.json`."""

from __future__ import annotations

import grp
import json
import os
import pwd
import subprocess
from pathlib import Path
from typing import Any

import pytest

from deploy.provision import operations
from deploy.provision.apply import apply
from deploy.remote.errors import RemoteError
from deploy.remote.steps import Steps

CASES = json.loads((Path(__file__).parent / "cases" / "operations.json").read_text())


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_commands_for_a_state(case: dict[str, Any]) -> None:
    build = getattr(operations, case["operation"])
    operation = build(*case["arguments"], **case.get("options", {}))
    commands = operation.plan(operation.fact.read(case["answer"]))
    if "commands" in case:
        assert commands == case["commands"]
    for text in case.get("contains", []):
        assert text in "\n".join(commands)


@pytest.fixture
def own_file(tmp_path: Path) -> dict[str, Any]:
    """A file that this user can own, so that `chown` succeeds."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    group = grp.getgrgid(os.getegid()).gr_name
    return {"path": str(tmp_path / "it's a file"), "owner": user, "group": group}


def test_a_file_is_written_once(host: Any, own_file: dict[str, Any]) -> None:
    operation = operations.file(content="text with $HOME and 'quotes'\n", mode="640", **own_file)
    assert apply(host, operation, Steps("test"))
    assert not apply(host, operation, Steps("test"))
    path = Path(own_file["path"])
    assert path.read_text() == "text with $HOME and 'quotes'\n"
    assert path.stat().st_mode & 0o777 == 0o640


def test_a_changed_mode_is_set_right(host: Any, own_file: dict[str, Any]) -> None:
    operation = operations.file(content="x", mode="600", **own_file)
    apply(host, operation, Steps("test"))
    Path(own_file["path"]).chmod(0o666)
    assert apply(host, operation, Steps("test"))
    assert Path(own_file["path"]).stat().st_mode & 0o777 == 0o600


def test_content_that_its_check_refuses_changes_nothing(host: Any, own_file: dict[str, Any]) -> None:
    apply(host, operations.file(content="good\n", **own_file), Steps("test"))
    bad = operations.file(content="bad\n", check='grep -q good "$NEW"', **own_file)
    with pytest.raises(RemoteError):
        apply(host, bad, Steps("test"))
    assert Path(own_file["path"]).read_text() == "good\n"


def test_a_file_that_its_reader_refuses_is_put_back(host: Any, own_file: dict[str, Any]) -> None:
    apply(host, operations.file(content="good\n", **own_file), Steps("test"))
    with pytest.raises(RemoteError):
        apply(host, operations.file(content="bad\n", then="false", **own_file), Steps("test"))
    assert Path(own_file["path"]).read_text() == "good\n"
    assert os.listdir(Path(own_file["path"]).parent / "shared") == []


def test_a_dry_run_changes_nothing(host: Any, own_file: dict[str, Any]) -> None:
    assert apply(host, operations.file(content="x", **own_file), Steps("test"), dry_run=True)
    assert not Path(own_file["path"]).exists()


def test_every_script_is_one_that_a_shell_can_read() -> None:
    for case in CASES:
        operation = getattr(operations, case["operation"])(*case["arguments"], **case.get("options", {}))
        script = "\n".join(operation.plan(operation.fact.read(case["answer"])))
        assert subprocess.run(["sh", "-n", "-c", script], check=False).returncode == 0
