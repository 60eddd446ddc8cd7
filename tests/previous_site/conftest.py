"""One host with a previous site, for all tests here; it is removed afterwards."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local import stack_settings
from local.environment import extend_path
from local.linode import host as debian
from tests.host.live_host import LiveHost
from tests.host.setting_up import copy_of_the_project
from tests.host.steady_load import Load
from tests.linode.postgresql10 import is_production_here
from tests.previous_site import by_hand
from tests.previous_site.acme_authority import AcmeAuthority
from tests.world.live_world import name_of_a_world


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHost]:
    """A host on which everything was done by hand; Fabric knows only its address."""
    extend_path()
    if not is_production_here():
        pytest.skip("Python 3.6 and PostgreSQL 10, which production has, are not both on this machine")
    with name_of_a_world() as name:
        world = stack_settings.ensure_world(name)
        debian.start(world)
        host = LiveHost(world, copy_of_the_project(tmp_path_factory.mktemp("project")))
        by_hand.build(host)
        yield host


@pytest.fixture
def load(host: LiveHost) -> Iterator[Load]:
    """Requests to the site; they end with the test at the latest."""
    generator = Load(host.address, host.authority).at(20)
    yield generator
    generator.stop()


@pytest.fixture(scope="session")
def authority(host: LiveHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcmeAuthority]:
    """A certificate authority that speaks ACME, on this machine, where the host can reach it."""
    with AcmeAuthority(host.world, tmp_path_factory.mktemp("authority")) as running:
        yield running
