"""Runs node's tests of the portal modules that need no browser, and the portal's checkers."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

FOLDER = Path(__file__).parent
PORTAL = FOLDER.parents[1] / "portal"
TIMEOUT = 180.0
"""Seconds; each of the two takes a few."""


def _run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=TIMEOUT, check=False)


def test_modules_do_what_they_say() -> None:
    files = sorted(str(path) for path in FOLDER.glob("*.test.mjs"))
    run = _run(["node", "--test", "--test-reporter=tap", *files], FOLDER)
    assert run.returncode == 0, run.stdout + run.stderr
    passed = re.search(r"^# pass (\d+)$", run.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) > 60, "node found too few of the tests"


def test_modules_are_typed_and_clean() -> None:
    run = _run(["npm", "run", "--silent", "check"], PORTAL)
    assert run.returncode == 0, run.stdout + run.stderr
