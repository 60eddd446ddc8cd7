"""Brings a bare Debian up by the same tasks as production, for tests and for long proofs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local import stack_settings
from local.environment import extend_path
from local.linode import host as debian
from tests.host.live_host import LiveHost
from tests.host.setting_up import copy_of_the_project, minimal_environment
from tests.world.live_world import name_of_a_world


@contextmanager
def running_host(folder: Path) -> Iterator[LiveHost]:
    """A host in a world of its own, provisioned, configured and deployed to from a copy in that folder."""
    extend_path()
    with name_of_a_world() as name:
        world = stack_settings.ensure_world(name)
        debian.start(world)
        host = LiveHost(world, copy_of_the_project(folder))
        _set_up(host)
        yield host
        host.disconnect()


def _set_up(host: LiveHost) -> None:
    """Set the host up by the same tasks as production."""
    environment = minimal_environment(host.settings)
    for arguments, content in ((["provision"], ""), (["configure"], environment), (["deploy"], "")):
        told = host.fab(*arguments, content=content)
        assert told.status == 0, told.output + told.errors
        host.set_up_seconds[arguments[0]] = told.seconds
