"""Random storms against the real sync break no invariant. `make chaos N=2000` runs more of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.proof.chaos.__main__ import releases
from tests.proof.chaos.fleet import storm_through

SCHEDULES = 200


@pytest.mark.timeout(1800)
def test_storms_break_no_invariant(tmp_path: Path) -> None:
    """On both releases of PostgreSQL at once, if both are installed."""
    done: Counter[str] = Counter()
    for outcome in storm_through(releases(), range(1, SCHEDULES + 1), tmp_path):
        assert outcome.problems == [], f"seed {outcome.seed} on PostgreSQL {outcome.release}"
        done[outcome.release] += 1

    assert done.total() == SCHEDULES
    assert set(done) == set(releases())
