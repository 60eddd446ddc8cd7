"""I1 to I7 over the real code of both halves, whatever people do and whatever befalls the workers."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.proof.sync_machine import SyncMachine

EXAMPLES = 300
STEPS = 60


def test_no_schedule_breaks_an_invariant() -> None:
    checks = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    thorough = settings(
        max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=checks
    )
    run_state_machine_as_test(SyncMachine, settings=thorough)
