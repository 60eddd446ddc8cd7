"""The moment that a person writes, and the second server of a recovery that was cut off."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.backup import recovery
from deploy.remote import layout
from deploy.remote.errors import DeployError

PG_CTL = '#!/bin/sh\n[ "$1" = stop ] && kill "$(head -1 "$3/postmaster.pid")"\n'
RUNUSER = '#!/bin/sh\nshift 3\nexec "$@"\n'
Start = Callable[[Path], subprocess.Popen[bytes]]


@pytest.mark.parametrize(
    "text",
    ["2026-11-30 14:03:00", "2026-11-30T14:03Z", "2026-11-30 16:03:00+02:00", "2026-11-30 09:33:00-04:30"],
)
def test_a_moment_is_in_utc_unless_it_says_otherwise(text: str) -> None:
    assert recovery.parse_moment(text) == datetime(2026, 11, 30, 14, 3, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("yesterday", "is no moment"),
        ("", "is no moment"),
        ("0001-01-01 00:00+14:00", "is no moment"),
        ("9999-12-31 23:59-01:00", "is no moment"),
        ("0001-01-01", "is before any backup"),
        ("9999-12-31", "has not come yet"),
    ],
)
def test_what_is_no_moment_is_refused_in_one_line(text: str, complaint: str) -> None:
    with pytest.raises(DeployError, match=complaint):
        recovery.parse_moment(text)


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts a process in a folder, which ends with the test."""
    started = []

    def in_folder(folder: Path) -> subprocess.Popen[bytes]:
        started.append(subprocess.Popen(["sleep", "60"], cwd=folder))
        return started[-1]

    yield in_folder
    for process in started:
        process.kill()
        process.wait()


class Cleared:
    """The files of a recovery that was cut off, and the program that removes them."""

    def __init__(self, folder: Path) -> None:
        self.work, self._programs = folder / "work", folder / "programs"
        (self.work / "data").mkdir(parents=True)
        self._programs.mkdir()
        for name, text in (("pg_ctl", PG_CTL), ("runuser", RUNUSER)):
            (self._programs / name).write_text(text)
            (self._programs / name).chmod(0o755)

    def leave(self, number: int) -> None:
        """The file in which a server writes its number."""
        (self.work / "data" / "postmaster.pid").write_text(f"{number}\n{self.work}/data\n")

    def clear(self) -> None:
        script = recovery.CLEAR.replace(recovery.PROGRAMS, str(self._programs))
        script = script.replace(layout.RECOVERY_SOCKET, f"{self.work}-socket")
        script = script.replace(layout.RECOVERY, str(self.work))
        path = f"{self._programs}:{os.environ['PATH']}"
        subprocess.run(["sh", "-c", script], env=os.environ | {"PATH": path}, check=True)
        assert not self.work.exists()


@pytest.fixture
def cut_off(tmp_path: Path) -> Cleared:
    return Cleared(tmp_path)


def test_the_second_server_is_stopped(cut_off: Cleared, start: Start) -> None:
    server = start(cut_off.work / "data")
    cut_off.leave(server.pid)
    cut_off.clear()
    assert server.wait(10) != 0


def test_a_server_that_is_gone_hinders_no_later_recovery(cut_off: Cleared) -> None:
    with subprocess.Popen(["true"]) as ended:
        ended.wait()
    cut_off.leave(ended.pid)
    cut_off.clear()


def test_a_process_that_has_its_number_by_now_lives_on(
    cut_off: Cleared, start: Start, tmp_path: Path
) -> None:
    """After a reboot, the number may be the live server's."""
    other = start(tmp_path)
    cut_off.leave(other.pid)
    cut_off.clear()
    assert other.poll() is None


def test_what_was_never_begun_is_cleared_too(cut_off: Cleared) -> None:
    cut_off.clear()
