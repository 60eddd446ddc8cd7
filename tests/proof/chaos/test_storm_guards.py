"""Without a guard of the real stores, a few storms find the harm."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from pathlib import Path

import pytest

from tests.proof.chaos.fleet import storm_through
from tests.proof.chaos.rig import NEWEST
from tests.proof.chaos.schedule import without_restores
from tests.proof.chaos.storm_guards import STORM_GUARDS, StormGuard

MOST_SCHEDULES = 80
"""Each was found within 10, also on a machine with ten times as much to do as it can."""


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("guard", STORM_GUARDS, ids=lambda guard: guard.name)
def test_without_the_guard_a_storm_finds_something(guard: StormGuard, tmp_path: Path) -> None:
    seeds = islice(without_restores(1), MOST_SCHEDULES)
    with closing(storm_through([NEWEST], seeds, tmp_path, guard)) as outcomes:
        assert any(outcome.problems for outcome in outcomes), (
            f"the storms passed without the guard: {guard.guard}"
        )
