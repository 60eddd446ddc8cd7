"""One PostgreSQL for all tests of the host's Django, and its runtimes, built where they are missing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.linode.django_server import DjangoServer, running_django
from tests.linode.postgres import Postgres, running_postgres
from tests.linode.runtimes import CURRENT, RUNTIMES, InterpreterMissingError, Runtime


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A throw-away cluster."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session", params=RUNTIMES, ids=lambda runtime: runtime.name)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Each pair of Python and Django; skipped where its Python is not on this machine."""
    chosen: Runtime = request.param
    try:
        chosen.build()
    except InterpreterMissingError as missing:
        pytest.skip(str(missing))
    return chosen


@pytest.fixture(scope="module")
def site(postgres: Postgres) -> Iterator[DjangoServer]:
    """The site on the current runtime, served over HTTP with an empty register."""
    CURRENT.build()
    with running_django(postgres.create_database("site")) as server:
        yield server
