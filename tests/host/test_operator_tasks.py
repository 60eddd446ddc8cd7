"""Operator tasks on the host: the maintenance page, a management command, a shell."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator

import httpx
import pytest

from local.host_manage import FAB
from tests.host.deploys import drop_the_connection
from tests.host.live_host import LiveHost
from tests.host.states import closed

WORDS = "print('$HOME', \"${PATH}\", '%n', r'\\n', 'a  b;c', '*', '`id`')"
SCRIPT = """
import os, sys
from django.conf import settings
print(settings.RELEASE, os.getuid() > 0)
sys.exit(7)
"""
SHELL_SECONDS = 60


@pytest.fixture
def visitor(live_host: LiveHost) -> Iterator[httpx.Client]:
    """A client from outside."""
    with live_host.visitor() as client:
        yield client


def test_a_closed_site_says_so_to_everybody(host_as_it_was: LiveHost, visitor: httpx.Client) -> None:
    with closed(host_as_it_was, "a new disk"):
        page, form = visitor.get("/admin/"), visitor.post("/admin/login/", data={"username": "x"})
        calls = [visitor.get("/felagar/api/sync/status/"), visitor.post("/felagar/api/sync/apply/", json={})]
        assert visitor.get("/maintenance.html").status_code == 404
        told = host_as_it_was.fab("status").output
    for answer in (page, form, *calls):
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "120")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "lokað um stund" in page.text
    assert [answer.json()["code"] for answer in calls] == ["maintenance"] * 2
    assert "on since" in told
    assert "a new disk" in told


def test_a_state_that_is_neither_on_nor_off_changes_nothing(live_host: LiveHost) -> None:
    before = live_host.state()
    told = live_host.fab("maintenance", "on; reboot")
    assert (told.status, told.complaint) == (1, "'on; reboot' is neither `on` nor `off`")
    assert live_host.state() == before


def test_a_command_gets_its_words_its_input_and_its_status_through(live_host: LiveHost) -> None:
    """They arrive as they were typed: neither the shells on the way nor systemd expand anything."""
    told = live_host.fab("manage", "--", "shell", "-c", WORDS)
    assert told.status == 0, told.errors
    assert told.output.splitlines()[-1] == "$HOME ${PATH} %n \\n a  b;c * `id`"
    told = live_host.fab("manage", "--", "shell", content=SCRIPT)
    assert (told.status, told.output.splitlines()[-1]) == (7, f"{live_host.serving()} True")
    assert told.complaint == "exit status 7"


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["manage"], "which command? For example: fab manage -- showmigrations sync"),
        (["releases", "--", "reboot"], "what stands after `--` is for `fab manage` alone"),
        (["shell"], "a shell needs a terminal; `fab manage -- shell -c CODE` does not"),
    ],
)
def test_a_command_that_cannot_run_says_why(
    live_host: LiveHost, arguments: list[str], complaint: str
) -> None:
    told = live_host.fab(*arguments)
    assert (told.status, told.complaint) == (1, complaint)


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    """Both ends of a terminal: ours and the program's."""
    ours, theirs = pty.openpty()
    yield ours, theirs
    os.close(ours)


@pytest.fixture
def shell(live_host: LiveHost, terminal: tuple[int, int]) -> Iterator[subprocess.Popen[str]]:
    """`fab shell` on that terminal, at its prompt."""
    ours, theirs = terminal
    environment = {**os.environ, "FABRIC_STACK": live_host.world.name, "TERM": "dumb"}
    running = subprocess.Popen(
        ["setsid", "--ctty", "--wait", FAB, "shell"],
        cwd=live_host.project,
        env=environment,
        text=True,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
    )
    os.close(theirs)
    try:
        heard(ours, ">>> ")
        yield running
    finally:
        running.kill()
        running.wait()


def test_a_shell_on_the_host_is_a_terminal(shell: subprocess.Popen[str], terminal: tuple[int, int]) -> None:
    ours, _ = terminal
    os.write(ours, b"import json, sys; print('told', json.dumps([sys.stdin.isatty(), 6 * 7]))\n")
    assert "told [true, 42]" in heard(ours, "42]\r")
    os.write(ours, b"raise SystemExit(3)\n")
    assert "exit status 3" in heard(ours, "status 3")
    assert shell.wait(SHELL_SECONDS) == 3


def test_a_shell_whose_connection_is_lost_ends_and_says_so(
    live_host: LiveHost, shell: subprocess.Popen[str], terminal: tuple[int, int]
) -> None:
    drop_the_connection(live_host, shell)
    assert f"{live_host.address}: the connection was lost" in heard(terminal[0], "lost")
    assert shell.wait(SHELL_SECONDS) == 1


def heard(terminal: int, until: str) -> str:
    """What the terminal prints, up to this text."""
    text, began = "", time.monotonic()
    while until not in text:
        assert time.monotonic() - began < SHELL_SECONDS, text
        if select.select([terminal], [], [], 1)[0]:
            text += os.read(terminal, 4096).decode(errors="replace")
    return text
