"""Tests that share something slow stay in one process; what is long has one of its own."""

from __future__ import annotations

from tests.parallel import LONGEST_FIRST, OWN_HOST, TESTS, TOGETHER, group


def test_what_shares_a_world_stays_together() -> None:
    assert group("tests/world/test_readme.py::test_a") == group("tests/world/test_host.py::test_b[x::y]")
    assert group("tests/functions/unit/test_a.py::test_a") != group("tests/functions/unit/test_b.py::test_a")


def test_the_cuts_have_a_host_of_their_own() -> None:
    assert group(f"{OWN_HOST}::test_a") not in {group("tests/host/test_load.py::test_a"), ""}


def test_every_named_folder_is_there() -> None:
    assert [name for name in (*LONGEST_FIRST, *TOGETHER) if not (TESTS / name).is_dir()] == []
    assert (TESTS.parent / OWN_HOST).is_file()
