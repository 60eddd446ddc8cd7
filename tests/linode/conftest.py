"""PostgreSQL for all tests of the host's Django, and its runtimes, which are built if they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.linode.django_server import DjangoServer, running_django
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.postgresql10 import PostgreSQL10MissingError, reachable_programs
from tests.linode.runtimes import CURRENT, RUNTIMES, InterpreterMissingError, Runtime

SURROUNDINGS = (
    ("legacy-floor", "postgres_10"),
    ("legacy", "postgres_10"),
    ("legacy", "postgres"),
    ("current", "postgres"),
)
"""Names of runtimes and of the fixtures of their PostgreSQL."""


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throw-away cluster."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_10() -> Iterator[Postgres]:
    """A throw-away cluster of production's release; skipped if the toolchain could not bring it."""
    with ExitStack() as stack:
        try:
            programs = stack.enter_context(reachable_programs())
        except PostgreSQL10MissingError as missing:
            pytest.skip(str(missing))
        yield stack.enter_context(running_postgres(programs))


@pytest.fixture(scope="session", params=SURROUNDINGS, ids="-on-".join)
def surroundings(request: pytest.FixtureRequest) -> tuple[Runtime, Postgres]:
    """Each runtime with each PostgreSQL that it may run on: today's, those of an upgrade, and the newest."""
    name, postgres = request.param
    runtime = next(found for found in RUNTIMES if found.name == name)
    return _built(runtime), request.getfixturevalue(postgres)


@pytest.fixture(scope="session", params=RUNTIMES, ids=lambda runtime: runtime.name)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Each pair of Python and Django; skipped if its Python is not on this machine."""
    return _built(request.param)


@pytest.fixture(scope="session")
def site(postgres: Postgres) -> Iterator[DjangoServer]:
    """The site on the current runtime, served over HTTP with an empty register."""
    CURRENT.build()
    with running_django(postgres.create_database("site")) as server:
        yield server


def _built(runtime: Runtime) -> Runtime:
    try:
        runtime.build()
    except InterpreterMissingError as missing:
        pytest.skip(str(missing))
    return runtime
