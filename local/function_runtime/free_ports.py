"""Chooses ports for revisions. They are recorded, so they stay the same when a world is restarted."""

from __future__ import annotations

import random

from local.listening import can_listen
from local.resource_store import ResourceStore
from local.world import World, WorldError

RANGE = range(20000, 30000)
"""These are below Linux's range for outgoing connections, so a port is still free after a restart."""


def free_port(world: World) -> int:
    """A port of the world's address on which nobody listens and which no record holds."""
    services = ResourceStore(world).list("run.services")
    taken = {revision["port"] for service in services for revision in service.status.get("revisions", ())}
    # Functions start at the same time, and the port of each is recorded only when it answers.
    candidates = [port for port in RANGE if port not in taken]
    random.shuffle(candidates)
    for port in candidates:
        if can_listen(world.address, port):
            return port
    raise WorldError(f"no port of {world.address} is free between {RANGE.start} and {RANGE.stop}")
