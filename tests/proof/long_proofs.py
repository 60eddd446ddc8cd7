"""The proofs of the sync that have no natural end: random schedules, and the state machine's examples."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from unittest import mock

import structlog
from hypothesis import HealthCheck, settings
from hypothesis import seed as seeded
from hypothesis.stateful import run_state_machine_as_test

from sync import runs
from tests.proof.random_schedule import RandomSchedule
from tests.proof.set_back_machine import SetBackMachine
from tests.proof.stepping import in_turn
from tests.proof.sync_machine import SyncMachine
from tests.proof.violation import ViolationError
from tools.proof.proof import Attempt, Portion, Proof

EXAMPLES = 25
"""Of the state machine, in one attempt."""
STEPS = 50
SHORT_OF_TIME = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]


def run_schedule(seed: int) -> None:
    """One random schedule. Every third has deploys and rollbacks, too, every fourth pages that are open long.

    Raises ViolationError.
    """
    schedule = _drawn_from(seed)
    if seed % 3 == 0:
        schedule.with_deploys()
    if seed % 4 == 1:
        schedule.with_pages()
    schedule.run()


def run_restore(seed: int) -> None:
    """One random schedule in which a store may be set back. Raises ViolationError."""
    _drawn_from(seed).with_restores().run()


def _drawn_from(seed: int) -> RandomSchedule:
    random.seed(seed)  # the jitter of the queue's waits
    return RandomSchedule(seed)


def run_state_machine(seed: int, examples: int = EXAMPLES, machine: type[SyncMachine] = SyncMachine) -> None:
    """Examples that Hypothesis thinks of; a failing one is shrunk. Raises ViolationError."""
    thorough = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        suppress_health_check=SHORT_OF_TIME,
        database=None,
    )
    run_state_machine_as_test(seeded(seed)(machine), settings=thorough)


@contextmanager
def _by_seed(run: Callable[[int], None]) -> Iterator[Attempt]:
    """Each attempt is a run with the seed of its number."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with mock.patch.object(runs, "map_batches", in_turn):
        yield partial(_tried, run)


def _tried(run: Callable[[int], None], seed: int, numbers: range) -> Portion:
    violations = []
    for number in numbers:
        try:
            run(seed + number)
        except ViolationError as violation:
            violations.append(f"number {number} of seed {seed}: {violation}")
    return Portion(violations=violations)


SCHEDULES = Proof(
    claim="Random schedules of edits, workers and faults break no invariant of the sync.",
    unit="schedules",
    size=10_000,
    portion=500,
    opened=partial(_by_seed, run_schedule),
)
RESTORES = Proof(
    claim="A store that is set back at a random moment spreads nothing unasked, and loses nothing else.",
    unit="schedules",
    size=2_000,
    portion=100,
    opened=partial(_by_seed, run_restore),
)
STATES = Proof(
    claim="Hypothesis finds no order of edits, steps and faults that breaks an invariant of the sync.",
    unit=f"searches of {EXAMPLES} examples",
    size=100,
    portion=5,
    opened=partial(_by_seed, run_state_machine),
)
RESTORE_STATES = Proof(
    claim="Hypothesis finds no order in which a store that is set back breaks an invariant.",
    unit=f"searches of {EXAMPLES} examples",
    size=20,
    portion=1,
    opened=partial(_by_seed, partial(run_state_machine, machine=SetBackMachine)),
)
