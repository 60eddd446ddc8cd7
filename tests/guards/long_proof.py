"""Every guard, taken away once: the long proof, and what its sample shares with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.environment import extend_path
from tests.guards.guard import Guard, GuardMovedError, copy_of_the_project
from tests.guards.guards import GUARDS
from tests.linode.postgres import Postgres, running_postgres
from tools.proof.proof import Attempt, Portion, Proof


@contextmanager
def bench() -> Iterator[tuple[Path, Postgres]]:
    """A copy of the project, and the database for its tests."""
    extend_path()
    with running_postgres() as postgres, tempfile.TemporaryDirectory() as folder:
        yield copy_of_the_project(Path(folder)), postgres


def complaint(guard: Guard, project: Path, postgres: Postgres) -> str | None:
    """What is wrong with the guard's test; None if it passes with the guard and fails without it."""
    try:
        if not guard.passes(project, postgres):
            return f"{guard.test} fails with the guard"
        if not guard.fails_without(project, postgres):
            return f"{guard.test} passes without the guard {guard.name}"
    except GuardMovedError as moved:
        return str(moved)
    return None


@contextmanager
def _opened() -> Iterator[Attempt]:
    with bench() as (project, postgres):

        def attempt(seed: int, numbers: range) -> Portion:
            """Guards have an order of their own, whatever the seed."""
            found = [complaint(GUARDS[number], project, postgres) for number in numbers]
            return Portion(violations=[each for each in found if each])

        yield attempt


PROOF = Proof(
    claim="Without any one of the guards against attackers, its own test fails.",
    unit="guards",
    size=len(GUARDS),
    portion=1,
    opened=_opened,
    most=len(GUARDS),
)
