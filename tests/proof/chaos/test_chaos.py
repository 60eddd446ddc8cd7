"""Random storms against the real sync break no invariant. `make proof PROOF=storms` runs more of them."""

from __future__ import annotations

from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from tests.figures import Tell
from tests.proof.chaos.fleet import storm_through
from tests.proof.chaos.rig import releases
from tests.proof.chaos.schedule import without_restores

STORMS = 30


@pytest.mark.timeout(1800)
def test_storms_break_no_invariant(tmp_path: Path, seed: int, tell: Tell) -> None:
    """On both releases of PostgreSQL at once, if both are installed. Other storms each time.

    Those with a restore are long, so they are left to the proof.
    """
    done: Counter[str] = Counter()
    for outcome in storm_through(releases(), islice(without_restores(seed), STORMS), tmp_path):
        assert outcome.problems == [], f"seed {outcome.seed} on PostgreSQL {outcome.release}"
        done[outcome.release] += 1

    assert done.total() == STORMS
    assert set(done) == set(releases())
    tell(f"{STORMS} storms from seed {seed} found nothing")
