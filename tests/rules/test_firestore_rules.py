"""The security rules on the real emulator: node's test runner runs the tests, this module reports them."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.rules.conftest import PROJECT, RULES
from tests.rules.rule_coverage import gaps

FOLDER = Path(__file__).parent
NODE_TIMEOUT = 300.0
"""Seconds for all the tests; they take about ten."""
REPORT_TIMEOUT = 60.0
"""Seconds; the report has some megabytes."""


@pytest.fixture(scope="module")
def node_run(firestore_emulator: str) -> subprocess.CompletedProcess[str]:
    """All tests of the rules, run once, one after another, because they share the emulator's register."""
    environment = {**os.environ, "FIRESTORE_EMULATOR_HOST": firestore_emulator, "RULES_PROJECT": PROJECT}
    files = sorted(str(path) for path in FOLDER.glob("*.test.mjs"))
    command = ["node", "--test", "--test-concurrency=1", "--test-reporter=tap", *files]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=NODE_TIMEOUT, check=False
    )


def test_every_case_of_the_rules_holds(node_run: subprocess.CompletedProcess[str]) -> None:
    print(_closing_lines(node_run.stdout))
    assert node_run.returncode == 0, node_run.stdout + node_run.stderr
    passed = re.search(r"^# pass (\d+)$", node_run.stdout, re.MULTILINE)
    assert passed
    assert int(passed[1]) > 100, "node found too few of the tests"


@pytest.mark.usefixtures("node_run")
def test_every_condition_was_seen_true_and_false(firestore_emulator: str) -> None:
    coverage: dict[str, Any] = httpx.get(
        f"http://{firestore_emulator}/emulator/v1/projects/{PROJECT}:ruleCoverage",
        timeout=REPORT_TIMEOUT,
    ).json()
    assert coverage["rules"]["files"][0]["content"] == RULES.read_text()
    assert "\n".join(str(gap) for gap in gaps(coverage)) == ""


def _closing_lines(tap: str) -> str:
    return "\n".join(line for line in tap.splitlines() if re.match(r"# (tests|pass|fail|duration_ms) ", line))
