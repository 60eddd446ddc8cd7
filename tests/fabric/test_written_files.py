"""The host's program sees which file or folder is not as `fab provision` wrote it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from ekklesia_host.written import complaint

from deploy.provision import digest, operations
from deploy.provision.apply import apply
from deploy.remote.steps import Steps
from tests.fabric.test_together import OWN


@pytest.fixture
def kept(host: object, tmp_path: Path) -> Path:
    """A file and a folder that were provisioned, and the list of both."""
    parts = [
        operations.directory(str(tmp_path / "kept"), mode="750", **OWN),
        operations.file(str(tmp_path / "kept" / "file"), "content\n", mode="640", **OWN),
    ]
    for operation in parts:
        apply(host, operation, Steps("test"))  # type: ignore[arg-type]
    (tmp_path / "written.json").write_text(digest.record_each(parts).content)
    return tmp_path


def test_nothing_is_said_of_what_is_as_it_was_written(kept: Path) -> None:
    assert complaint(kept / "written.json") == ""


def test_each_way_to_differ_is_told(kept: Path) -> None:
    file, listed = kept / "kept" / "file", kept / "written.json"
    file.write_text("edited\n")
    assert complaint(listed) == f"{file} was changed"
    file.write_text("content\n")
    file.chmod(0o666)
    assert complaint(listed) == f"{file} has another mode"
    file.unlink()
    assert complaint(listed) == f"{file}: no such file or directory"
    file.symlink_to("/dev/null")
    assert complaint(listed) == f"{file} was changed"
    if os.geteuid() == 0:
        os.chown(kept / "kept", 12345, -1)
        assert f"{kept / 'kept'} is another's" in complaint(listed)


def test_many_are_counted(kept: Path) -> None:
    wanted = {f"/nowhere/{number}": {"mode": "644", "owner": "a", "group": "b"} for number in range(7)}
    (kept / "written.json").write_text(json.dumps(wanted))
    assert complaint(kept / "written.json").endswith("/nowhere/2: no such file or directory, 4 more")


def test_a_list_that_is_missing_or_damaged_is_told(kept: Path) -> None:
    assert "what was set up is not known" in complaint(kept / "none.json")
    (kept / "written.json").write_text("{")
    assert "what was set up is not known" in complaint(kept / "written.json")
