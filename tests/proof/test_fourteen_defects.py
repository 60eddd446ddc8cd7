"""The fourteen defects of the sync that this one replaces: each has a test named after it.

If a defect had several sides, the tests of the other sides are named too.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SUITES = ("tests", "linode/backend")
NAMED = re.compile(r"test_defect_0*(\d+)_")

DEFECTS = {
    1: "results were paired with queue rows by position",
    2: "the `since` filter dropped rows that stayed pending",
    3: "one failed call marked every row failed for ever",
    4: "applying a change queued an echo",
    5: "every save recorded fields that had not changed",
    6: "e-mail, phone and address were never queued",
    7: "dates and names of enumerations did not cross",
    8: "profile and queue entry were two writes",
    9: "the sync was open to the world, members could set their status, browsers were handed Django's token",
    10: "one request for each member, in sequence",
    11: "a failed run answered 200",
    12: "compound queries had no index",
    13: "two document shapes",
    14: "a login without nonce, a rate limit that failed open, no Content-Security-Policy",
}
OTHER_SIDES = {
    9: (
        "test_invokers",
        "test_reads_its_secrets_and_no_others",
        "test_the_token_is_in_no_error_and_no_representation",
    ),
    14: ("test_policy_allows_own_scripts_only",),
}
"""Sides of a defect that are covered by tests with a wider purpose."""


@cache
def names_of_tests() -> frozenset[str]:
    """Every test function of the project's Python suites."""
    files = [path for suite in SUITES for path in (ROOT / suite).rglob("test_*.py")]
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in files]
    functions = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    return frozenset(node.name for node in functions if node.name.startswith("test_"))


@pytest.mark.parametrize("number", DEFECTS, ids=lambda number: f"defect_{number}")
def test_has_a_test_named_after_it(number: int) -> None:
    named = [name for name in names_of_tests() if (match := NAMED.match(name)) and int(match[1]) == number]
    assert named, DEFECTS[number]


@pytest.mark.parametrize("number", OTHER_SIDES, ids=lambda number: f"defect_{number}")
def test_other_sides_are_covered(number: int) -> None:
    assert set(OTHER_SIDES[number]) <= names_of_tests()


def test_no_test_is_named_after_a_defect_that_is_not_known() -> None:
    numbers = {int(match[1]) for name in names_of_tests() if (match := NAMED.match(name))}
    assert numbers == set(DEFECTS)
