"""A provisioned and deployed host for the tests here; it is removed afterwards.

In a parallel run there are two: one for the tests that deploy, one for all others (`tests/parallel.py`).
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local import stack_settings
from local.environment import extend_path
from local.linode import host as debian
from tests.host.live_host import LiveHost
from tests.host.setting_up import copy_of_the_project, minimal_environment
from tests.host.smoke_session import SmokeSession
from tests.host.steady_load import Load
from tests.world.live_world import name_of_a_world


@pytest.fixture(scope="session")
def live_host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHost]:
    """A bare Debian in a world of its own, provisioned, configured and deployed to."""
    extend_path()
    with name_of_a_world() as name:
        world = stack_settings.ensure_world(name)
        debian.start(world)
        host = LiveHost(world, copy_of_the_project(tmp_path_factory.mktemp("project")))
        _set_up(host)
        yield host
        host.disconnect()


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


def _set_up(host: LiveHost) -> None:
    """Set the host up by the same tasks as production."""
    environment = minimal_environment(host.settings)
    for arguments, content in ((["provision"], ""), (["configure"], environment), (["deploy"], "")):
        told = host.fab(*arguments, content=content)
        assert told.status == 0, told.output + told.errors
        host.set_up_seconds[arguments[0]] = told.seconds
