"""One host that was built by hand, for all tests here; always taken away again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import stack_settings
from local.environment import extend_path
from local.linode import host as debian
from local.toolchain import postgresql10, python36
from tests.adoption import by_hand
from tests.adoption.acme_authority import AcmeAuthority
from tests.host.live_host import LiveHost
from tests.host.setting_up import copy_of_the_project
from tests.host.steady_load import Load
from tests.world.live_world import TEST_PREFIX, claim_ownership, remove_leftovers, run_command

FIRST_BOOT_SECONDS = 1800
"""With a cold cache the first test waits for the base image."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test here may be the one that waits for the host."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(FIRST_BOOT_SECONDS))


@pytest.fixture(scope="session")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveHost]:
    """A host on which everything was done by hand; Fabric knows its address and no more."""
    extend_path()
    if not (python36.find() and postgresql10.programs()):
        pytest.skip("Python 3.6 and PostgreSQL 10, which production has, are not both on this machine")
    remove_leftovers()
    name = f"{TEST_PREFIX}{secrets.token_hex(3)}"
    claim_ownership(name)
    try:
        world = stack_settings.ensure_world(name)
        debian.start(world)
        host = LiveHost(world, copy_of_the_project(tmp_path_factory.mktemp("project")))
        by_hand.build(host)
        yield host
    finally:
        run_command("clean", "--yes", "--world", name)


@pytest.fixture
def load(host: LiveHost) -> Iterator[Load]:
    """Requests to the site, which end with the test at the latest."""
    generator = Load(host.address, host.authority).at(20)
    yield generator
    generator.stop()


@pytest.fixture(scope="session")
def authority(host: LiveHost, tmp_path_factory: pytest.TempPathFactory) -> Iterator[AcmeAuthority]:
    """A certificate authority that speaks ACME, on this machine, where the host can reach it."""
    with AcmeAuthority(host.world, tmp_path_factory.mktemp("authority")) as running:
        yield running
