"""How fast the sync must be, and whether the figures of a run meet that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bench.figures import Figures, Results
from bench.rig import BARE, DISTANT

REAL, MIDDLE, LARGE = 2174, 20_000, 100_000
"""Members: as many as in the real register, and two larger sizes that have targets."""
LEAST_OF_CEILING = 0.6
LEAST_TIMES_REPLACED = 30.0
MOST_MEMORY_GROWTH = 1.3
MOST_CHANGE_GROWTH = 1.2
LONGEST_ARRIVAL_SECONDS = 1.0


@dataclass(frozen=True)
class Target:
    """The number that is wanted, and the one that was measured."""

    what: str
    found: float
    at_least: float | None = None
    at_most: float | None = None

    @property
    def is_met(self) -> bool:
        """Whether it holds."""
        return (self.at_least is None or self.found >= self.at_least) and (
            self.at_most is None or self.found <= self.at_most
        )

    @property
    def wanted(self) -> str:
        """In words."""
        return f"at least {self.at_least:g}" if self.at_least is not None else f"at most {self.at_most:g}"


def targets(results: Results) -> list[Target]:
    """The targets for which this run has the figures."""
    found = {(row.setting, row.members): row for row in results.figures}
    return [*_rates(found), *_growths(found), *_arrivals(results)]


def _rates(found: dict[tuple[str, int], Figures]) -> Iterator[Target]:
    if row := found.get((BARE, MIDDLE)):
        yield Target(f"{BARE}, {MIDDLE:,}: part of the ceiling", row.of_ceiling, at_least=LEAST_OF_CEILING)
    if row := found.get((DISTANT, MIDDLE)):
        what = f"{DISTANT}, {MIDDLE:,}: times the replaced algorithm"
        yield Target(what, row.times_replaced, at_least=LEAST_TIMES_REPLACED)


def _growths(found: dict[tuple[str, int], Figures]) -> Iterator[Target]:
    for setting in (BARE, DISTANT):
        small, middle, large = (found.get((setting, size)) for size in (REAL, MIDDLE, LARGE))
        if large and middle:
            memory = large.peak_mib / middle.peak_mib
            what = f"{setting}: peak memory at {LARGE:,}, times that at {MIDDLE:,}"
            yield Target(what, memory, at_most=MOST_MEMORY_GROWTH)
        if large and small:
            cost = large.changes[1] / small.changes[1]
            what = f"{setting}: one change among {LARGE:,}, times one among {REAL:,}"
            yield Target(what, cost, at_most=MOST_CHANGE_GROWTH)


def _arrivals(results: Results) -> Iterator[Target]:
    for row in results.latencies:
        yield Target(f"{row.direction}: p95, seconds", row.p95, at_most=LONGEST_ARRIVAL_SECONDS)
