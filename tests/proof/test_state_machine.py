"""I1 to I8 and I10 hold for the real code of both halves, whatever people and workers do.

Other examples and schedules each time; `make proof` tries as many as are asked for.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.proof.long_proofs import run_restore, run_schedule, run_state_machine
from tests.proof.set_back_machine import SetBackMachine
from tests.proof.sync_machine import SyncMachine
from tests.proof.violation import ViolationError

EXAMPLES = 30
"""Of each machine."""


@pytest.mark.parametrize("machine", [SyncMachine, SetBackMachine])
def test_the_state_machine_finds_nothing(seed: int, machine: type[SyncMachine]) -> None:
    """A failing example is shrunk; the same seed finds it again."""
    run_state_machine(seed, EXAMPLES, machine)


@pytest.mark.parametrize(
    ("proof", "run", "schedules"), [("schedules", run_schedule, 300), ("restores", run_restore, 50)]
)
def test_random_schedules_break_no_invariant(
    seed: int, proof: str, run: Callable[[int], None], schedules: int
) -> None:
    for number in range(schedules):
        try:
            run(seed + number)
        except ViolationError as violation:
            violation.add_note(f"python -m tools proof {proof} --seed {seed} --only {number}")
            raise
