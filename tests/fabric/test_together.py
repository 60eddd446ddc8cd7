"""Files that name each other are written all, tried once, and all put back if that fails."""

from __future__ import annotations

import grp
import os
import pwd
from pathlib import Path
from typing import Any

import pytest

from deploy.provision import operations
from deploy.provision.apply import apply, apply_all
from deploy.provision.operations import Operation
from deploy.remote.errors import RemoteError
from deploy.remote.steps import Steps

OWN = {"owner": pwd.getpwuid(os.geteuid()).pw_name, "group": grp.getgrgid(os.getegid()).gr_name}


def both(folder: Path, first: str, second: str) -> Operation:
    """Two files that are right only if the second holds the name of the first, and one that may not be."""
    parts = [
        operations.file(str(folder / "first"), first, **OWN),
        operations.absent(str(folder / "default")),
        operations.file(str(folder / "it's the second"), second, **OWN),
    ]
    there = f"[ -e {folder}/first ] && grep -q first {folder}/*second && [ ! -e {folder}/default ]"
    return operations.together("both", parts, then=there)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "files"
    path.mkdir()
    return path


def content(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_files_that_need_each_other_are_tried_once_both_are_there(host: Any, folder: Path) -> None:
    (folder / "default").write_text("of Debian")
    operation = both(folder, "one\n", "includes first; \u00e6 $HOME\n")
    assert apply(host, operation, Steps("test"))
    assert content(folder) == {"first": "one\n", "it's the second": "includes first; \u00e6 $HOME\n"}
    assert not apply(host, operation, Steps("test"))


@pytest.mark.parametrize("lost", ["first", "it's the second"])
def test_one_that_is_missing_is_written_whichever_it_is(host: Any, folder: Path, lost: str) -> None:
    operation = both(folder, "one\n", "includes first\n")
    apply(host, operation, Steps("test"))
    (folder / lost).unlink()
    assert apply(host, operation, Steps("test"))
    assert not apply(host, operation, Steps("test"))


def test_all_are_put_back_if_they_do_not_go_together(host: Any, folder: Path) -> None:
    """Also the file that was removed, one that was not there, and a link."""
    (folder / "default").symlink_to("elsewhere")
    (folder / "first").write_text("before")
    with pytest.raises(RemoteError):
        apply(host, both(folder, "one\n", "includes nothing\n"), Steps("test"))
    assert os.readlink(folder / "default") == "elsewhere"
    assert (folder / "first").read_text() == "before"
    assert sorted(path.name for path in folder.iterdir()) == ["default", "first"]


def test_a_part_that_fails_puts_all_back_and_tries_nothing(host: Any, folder: Path) -> None:
    failing = operations.ensure("fails", "false", "false")
    first = operations.file(str(folder / "first"), "one\n", **OWN)
    with pytest.raises(RemoteError):
        apply(host, operations.together("x", [first, failing], f"touch {folder}/tried"), Steps("test"))
    assert content(folder) == {}


def test_facts_are_asked_at_once_until_something_changes(host: Any, tmp_path: Path) -> None:
    """What comes after a change is asked after it: the change may be what it depends on."""
    mark = tmp_path / "mark"
    counted = [operations.ensure(f"holds {number}", "true", "false") for number in range(6)]
    makes = operations.ensure("makes", f"[ -e {mark} ]", f"touch {mark}")
    depends = operations.ensure("depends", f"[ -e {mark} ]", "false")
    assert apply_all(host, [*counted, makes, depends, *counted], Steps("test")) == 1
    # All at once, the one command, then one by one and more: 1, 2, 4.
    assert len(host.commands) == 5
    host.commands.clear()
    assert apply_all(host, [*counted, makes, depends, *counted], Steps("test")) == 0
    assert len(host.commands) == 1


def test_what_holds_a_lock_is_told_before_the_wait() -> None:
    operation = operations.no_lock_of_apt()
    rows = ("/var/lib/dpkg/lock-frontend", "/var/lib/dpkg/lock")
    held = operation.fact.read("".join(f"{row} 71 unattended-upgr\n" for row in rows))
    assert operation.ahead(held) == "waits until unattended-upgr (71) has ended"
    assert operation.plan(operation.fact.read("")) == []
    assert "sleep" in operation.plan(held)[0]


def test_a_masked_unit_is_unmasked_before_it_is_enabled() -> None:
    operation = operations.unit("nginx.service")
    commands = operation.plan(operation.fact.read("masked\ninactive\n"))
    assert ["unmask" in commands[0], "enable" in commands[1]] == [True, True]


def test_a_disk_that_takes_writes_is_left_alone(host: Any, tmp_path: Path) -> None:
    assert not apply(host, operations.can_be_written(str(tmp_path)), Steps("test"))
