"""A provisioned and deployed host for the tests here; it is removed afterwards.

In a parallel run there are two: one for the tests that deploy, one for all others (`tests/parallel.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.host.live_host import LiveHost
from tests.host.running_host import running_host
from tests.host.smoke_session import SmokeSession
from tests.host.steady_load import Load


@pytest.fixture(scope="session")
def live_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHost]:
    """A bare Debian in a world of its own, provisioned, configured and deployed to."""
    with running_host(tmp_path_factory.mktemp("project")) as host:
        yield host


@pytest.fixture
def host_as_it_was(live_host: LiveHost) -> Iterator[LiveHost]:
    """The host, which must be well before and after the test."""
    live_host.wait_until_well()
    yield live_host
    live_host.wait_until_well()


@pytest.fixture(scope="session")
def smoke(live_host: LiveHost) -> Iterator[SmokeSession]:
    """The smoke tests for that host, to be run one by one."""
    with SmokeSession(live_host.world.name, live_host.address, live_host.ssh_config) as session:
        yield session


@pytest.fixture
def load(live_host: LiveHost) -> Iterator[Load]:
    """Requests to the site; they end with the test at the latest."""
    generator = Load(live_host.address, live_host.authority)
    yield generator
    generator.stop()
