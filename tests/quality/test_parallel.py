"""Tests that share something slow run in one process; each long test may run in any."""

from __future__ import annotations

from tests.parallel import APART, DEPLOYS, LONGEST_FIRST, TESTS, TOGETHER, group


def test_what_shares_a_world_stays_together() -> None:
    assert group("tests/world/test_readme.py::test_a") == group("tests/world/test_host.py::test_b[x::y]")
    assert group("tests/functions/sync/test_a.py::test_a") != group("tests/functions/sync/test_b.py::test_a")


def test_each_long_storm_and_suite_is_by_itself() -> None:
    for test in (
        "proof/chaos/test_storm_guards.py::test_without",
        "linode/test_backend_suite.py::test_suite_passes",
    ):
        assert group(f"tests/{test}[a]") != group(f"tests/{test}[b]")


def test_the_tests_of_the_host_share_two() -> None:
    files = [path.name for path in (TESTS / "host").glob("test_*.py")]
    assert len({group(f"tests/host/{name}::test_a") for name in files}) == 2


def test_every_named_folder_is_there() -> None:
    assert [name for name in (*LONGEST_FIRST, *TOGETHER) if not (TESTS / name).is_dir()] == []
    files = {name.partition("::")[0] for name in (*APART, *DEPLOYS)}
    assert [name for name in files if not (TESTS / name).exists()] == []
