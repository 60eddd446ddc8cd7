"""Pulumi's command plugin hangs on long lines and fails on bytes that are not UTF-8: it gets neither."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from infra.plugin_output import LONGEST_LINE
from tests.host.waiting import wait_until
from tools.program_run import ROOT

RELAY = [sys.executable, "-m", "infra.plugin_output", sys.executable, "-c"]
PLUGINS_LIMIT = 64 * 1024


def relayed(code: str, given: str = "") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [*RELAY, code], cwd=ROOT, input=given.encode(), capture_output=True, check=False, timeout=60
    )


def test_short_lines_come_through_as_they_are() -> None:
    done = relayed("import sys; print(sys.stdin.read().upper()); print('Þetta', file=sys.stderr)", "ásta\n")
    assert done.stdout.decode() == "ÁSTA\n\n"
    assert done.stderr.decode() == "Þetta\n"
    assert done.returncode == 0


def test_long_lines_are_broken_and_lose_nothing() -> None:
    done = relayed("print('þ' * 300_000, end=''); print('\\nend', end='')")
    longest = max(done.stdout.splitlines(), key=len)
    assert len(longest) < PLUGINS_LIMIT
    assert len(longest) == 2 * LONGEST_LINE
    assert done.stdout.decode().replace("\n", "") == "þ" * 300_000 + "end"


def test_a_line_of_the_longest_characters_is_not_too_long_either() -> None:
    """UTF-8 takes up to four bytes for one."""
    done = relayed("print('🏛' * 100_000)")
    assert max(len(line) for line in done.stdout.splitlines()) <= PLUGINS_LIMIT
    assert done.stdout.decode().replace("\n", "") == "🏛" * 100_000


def test_all_of_it_has_been_told_when_the_status_is_known(tmp_path: Path) -> None:
    """Whoever ends the process with it loses nothing, though nobody has read what the command said."""
    ended = tmp_path / "ended"
    command = f"print('x' * 100_000, flush=True); open({str(ended)!r}, 'w')"
    words = [sys.executable, "-c", command]
    code = f"import os; from infra.plugin_output import main; os._exit(main({words!r}))"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as relay:
        # Two pipes hold all of it, so the command ends before anybody reads.
        wait_until(ended.exists, "the command has ended", 60)
        time.sleep(0.5)
        told, _ = relay.communicate(timeout=60)
    assert told.count(b"x") == 100_000


def test_bytes_that_are_not_utf_8_are_replaced() -> None:
    done = relayed(r"import sys; sys.stdout.buffer.write(b'\xff\xfe caf\xe9\n\xc3')")
    assert done.stdout.decode() == "\ufffd\ufffd caf\ufffd\n\ufffd\n"


def test_the_exit_status_comes_through() -> None:
    assert relayed("raise SystemExit(7)").returncode == 7
    assert relayed("import os; os.kill(os.getpid(), 9)").returncode == 128 + signal.SIGKILL


def test_the_command_ends_when_the_plugin_kills_the_relay() -> None:
    code = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"
    with subprocess.Popen([*RELAY, code], cwd=ROOT, stdout=subprocess.PIPE) as relay:
        assert relay.stdout
        child = int(relay.stdout.readline())
        relay.kill()
        relay.wait()
    assert gone_within(child, seconds=5)


def gone_within(process: int, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
