"""Each guard of the sync is needed: without it, the proof fails within a bounded number of schedules."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.proof.chaos.storm_guards import STORM_GUARDS
from tests.proof.erased_guards import ERASED_GUARDS
from tests.proof.erased_scenarios import ERASED_SCENARIOS
from tests.proof.guards import GUARDS
from tests.proof.host_guards import HOST_GUARDS, HostGuard
from tests.proof.invariants import check_at_the_end, check_now
from tests.proof.long_proofs import run_schedule
from tests.proof.moved_guards import MOVED_GUARDS
from tests.proof.moved_scenarios import MOVED_SCENARIOS
from tests.proof.mutations import GuardMovedError, Mutation
from tests.proof.random_schedule import RandomSchedule
from tests.proof.scenarios import SCENARIOS
from tests.proof.set_back_guards import SET_BACK_GUARDS
from tests.proof.set_back_scenarios import SET_BACK_SCENARIOS
from tests.proof.simulation import Simulation
from tests.proof.violation import ViolationError

SYNC = Path(__file__).resolve().parents[2] / "docs" / "sync.md"
IN_MEMORY = (*GUARDS, *SET_BACK_GUARDS, *MOVED_GUARDS, *ERASED_GUARDS)
ROW = re.compile(r"^\| .+ \| `([a-z-]+)` \|", re.MULTILINE)


def play(scenario: Callable[[Simulation], None]) -> None:
    simulation = Simulation()
    scenario(simulation)
    check_now(simulation)
    check_at_the_end(simulation)


def harm_of(guard: Mutation) -> ViolationError | None:
    """The first violation in its scenario, or in its number of random schedules."""
    runs = (
        [partial(play, guard.scenario)]
        if guard.scenario
        else [partial(run_schedule, n) for n in range(guard.examples)]
    )
    for run in runs:
        try:
            run()
        except ViolationError as violation:
            return violation
    return None


@pytest.mark.parametrize("guard", IN_MEMORY, ids=lambda guard: guard.name)
def test_without_the_guard_an_invariant_breaks(guard: Mutation) -> None:
    with guard.made():
        assert harm_of(guard) is not None, f"the proof passed without the guard: {guard.guard}"


OF_GUARDS = [guard.scenario for guard in IN_MEMORY if guard.scenario]
EVERY = [*dict.fromkeys([*SCENARIOS, *SET_BACK_SCENARIOS, *MOVED_SCENARIOS, *ERASED_SCENARIOS, *OF_GUARDS])]


@pytest.mark.parametrize("scenario", EVERY, ids=lambda scenario: scenario.__name__)
def test_with_all_guards_the_scenario_ends_well(scenario: Callable[[Simulation], None]) -> None:
    play(scenario)


def test_a_guard_that_has_moved_is_reported() -> None:
    moved = Mutation("moved", "none", "sync.reconcile", "no such piece of source", "")
    with pytest.raises(GuardMovedError), moved.made():
        pass


def test_the_guard_is_back_after_its_mutation() -> None:
    with GUARDS[0].made():
        pass
    RandomSchedule(0).run()


def test_the_table_in_the_docs_has_each_guard() -> None:
    table = SYNC.read_text(encoding="utf-8")
    assert sorted(ROW.findall(table)) == sorted(
        guard.name for guard in (*IN_MEMORY, *HOST_GUARDS, *STORM_GUARDS)
    )
    rows = [*map(row_of, IN_MEMORY), *map(row_of_host_guard, HOST_GUARDS)]
    assert [row for row in rows if row not in table] == []


def row_of(guard: Mutation) -> str:
    found_by = f"random schedules, at most {guard.examples}"
    if guard.scenario:
        found_by = f"scenario `{guard.scenario.__name__}`"
    place = f"`{guard.name}` | `{guard.module}`"
    return f"| {guard.guard} | {place} | `tests/proof/test_mutations.py`, {found_by} |"


def row_of_host_guard(guard: HostGuard) -> str:
    test = guard.test.rpartition(".")[2]
    return f"| `{guard.name}` | `{guard.file}` | `tests/proof/test_host_guards.py`: `{test}` |"
