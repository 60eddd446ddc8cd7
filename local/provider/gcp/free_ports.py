"""Ports for revisions, recorded with them: nothing moves when a world is stopped and started again."""

from __future__ import annotations

import random

from local.listening import can_listen
from local.resource_store import ResourceStore
from local.world import World, WorldError

RANGE = range(20000, 30000)
"""Below Linux's range for outgoing connections, so that a port is still free after a restart."""


def free_port(world: World) -> int:
    """A port of the world's address that nobody has, neither now nor by record."""
    services = ResourceStore(world).list("run.services")
    taken = {revision["port"] for service in services for revision in service.status.get("revisions", ())}
    # Functions start at the same time, and each has its port recorded only when it answers.
    candidates = [port for port in RANGE if port not in taken]
    random.shuffle(candidates)
    for port in candidates:
        if can_listen(world.address, port):
            return port
    raise WorldError(f"no port of {world.address} is free between {RANGE.start} and {RANGE.stop}")
