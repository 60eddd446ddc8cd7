"""I1 to I7 hold for the real code of both halves, whatever people do and whatever happens to the workers."""

from __future__ import annotations

import random

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.random_schedule import RandomSchedule
from tests.proof.sync_machine import SyncMachine
from tests.proof.violation import ViolationError

EXAMPLES = 150
STEPS = 50
SCHEDULES = 1500
SHORT_OF_TIME = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def test_the_state_machine_finds_nothing() -> None:
    """New examples each time. A failing one is shrunk, kept, and tried first the next time."""
    thorough = settings(
        max_examples=EXAMPLES,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=SHORT_OF_TIME,
    )
    run_state_machine_as_test(SyncMachine, settings=thorough)


def test_random_schedules_break_no_invariant() -> None:
    """The same seeds each time; among them are those that find the guards' mutations."""
    for seed in range(SCHEDULES):
        random.seed(seed)  # the jitter of the queue's waits
        try:
            RandomSchedule(seed).run()
        except ViolationError as violation:
            violation.add_note(f"seed {seed}")
            raise
