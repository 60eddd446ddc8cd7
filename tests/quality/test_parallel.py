"""Tests that share something slow run in one process; each long test may run in any."""

from __future__ import annotations

from tests.parallel import LONGEST_FIRST, TESTS, TOGETHER, group


def test_what_shares_a_world_stays_together() -> None:
    assert group("tests/world/test_readme.py::test_a") == group("tests/world/test_host.py::test_b[x::y]")
    assert group("tests/functions/sync/test_a.py::test_a") != group("tests/functions/sync/test_b.py::test_a")


def test_each_long_storm_is_by_itself() -> None:
    chaos = "tests/proof/chaos/test_storm_guards.py::test_without"
    assert group(f"{chaos}[a]") != group(f"{chaos}[b]")


def test_every_named_folder_is_there() -> None:
    assert [name for name in (*LONGEST_FIRST, *TOGETHER) if not (TESTS / name).is_dir()] == []
