"""Storms against the real stores and processes, as many as are asked for."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import tests.proof.chaos.functions_path  # noqa: F401 (for the imports below)
from tests.proof.chaos.fleet import Outcome, storm_through
from tests.proof.chaos.rig import releases
from tools.proof.proof import Attempt, Portion, Proof


@contextmanager
def _opened() -> Iterator[Attempt]:
    """The folder stays if a storm has failed: its history and its end are there."""
    yield partial(_blown, Path(tempfile.mkdtemp(prefix="ekklesia-storms-")))


def _blown(folder: Path, seed: int, numbers: range) -> Portion:
    """Each portion has rigs of its own, so its number of storms is large."""
    seeds = range(seed + numbers.start, seed + numbers.stop)
    outcomes = list(storm_through(releases(), seeds, folder))
    done = Counter(f"on PostgreSQL {outcome.release}" for outcome in outcomes)
    return Portion(done, [line for outcome in outcomes for line in _told(outcome)])


def _told(outcome: Outcome) -> Iterator[str]:
    again = f"python -m tests.proof.chaos --postgresql {outcome.release} --replay {outcome.seed}"
    yield from (f"{problem} ({outcome.folder}; again: {again})" for problem in outcome.problems)


STORMS = Proof(
    claim="Storms over the real stores, with killed workers and cut links, break no invariant of the sync.",
    unit="storms",
    size=2_000,
    portion=100,
    opened=_opened,
)
