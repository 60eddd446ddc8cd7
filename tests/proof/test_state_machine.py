"""I1 to I7 and I10 hold for the real code of both halves, whatever people and workers do.

Other examples and schedules each time; `make proof` tries as many as are asked for.
"""

from __future__ import annotations

from tests.proof.long_proofs import run_schedule, run_state_machine
from tests.proof.violation import ViolationError

EXAMPLES = 40
SCHEDULES = 300


def test_the_state_machine_finds_nothing(seed: int) -> None:
    """A failing example is shrunk; the same seed finds it again."""
    run_state_machine(seed, EXAMPLES)


def test_random_schedules_break_no_invariant(seed: int) -> None:
    for number in range(SCHEDULES):
        try:
            run_schedule(seed + number)
        except ViolationError as violation:
            violation.add_note(f"python -m tools proof schedules --seed {seed} --only {number}")
            raise
