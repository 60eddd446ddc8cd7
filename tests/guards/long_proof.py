"""Every guard, taken away once: the long proof, and what its sample shares with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.guards.bench import Bench, set_up
from tests.guards.cures_of_django import CURES, CureOfDjango
from tests.guards.guard import Guard, GuardMovedError, note_what_passes
from tests.guards.guards import GUARDS
from tools.proof.proof import Attempt, Portion, Proof

ALL: tuple[Guard | CureOfDjango, ...] = (*GUARDS, *CURES)


def complaint(guard: Guard | CureOfDjango, bench: Bench) -> str | None:
    """What is wrong with the guard's test; None if it passes with the guard and fails without it."""
    try:
        if not guard.passes(bench):
            return f"{guard.name}: {guard.test} fails with the guard"
        if not guard.fails_without(bench):
            return f"{guard.name}: {guard.test} passes without the guard"
    except GuardMovedError as moved:
        return f"{guard.name}: {moved}"
    return None


@contextmanager
def _opened() -> Iterator[Attempt]:
    with set_up() as bench:
        note_what_passes({guard.test for guard in ALL}, bench)

        def attempt(seed: int, numbers: range) -> Portion:
            """Guards have an order of their own, whatever the seed."""
            found = [complaint(ALL[number], bench) for number in numbers]
            return Portion(violations=[each for each in found if each])

        yield attempt


PROOF = Proof(
    claim="Without any one of the guards against attackers, its own test fails.",
    unit="guards",
    size=len(ALL),
    portion=1,
    opened=_opened,
    most=len(ALL),
)
