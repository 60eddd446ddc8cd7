"""Ports that a world gives out as it grows: one for each revision of a function and for each Firestore door.

They are recorded with what has them, so that nothing moves when the world is stopped and started again. A
door is the port through which one service account reaches the Firestore emulator; the program `doors`
listens at each and lets through only an account that may use Firestore.
"""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator

from local.resource_store import Record, ResourceStore
from local.world import World, WorldError

RANGE = range(20000, 30000)
"""Below Linux's range for outgoing connections, so that a port is still free after a restart."""
DOOR_PORT = "doorPort"
"""Where the status of an `iam.serviceAccounts` record has its door."""


def free_port(world: World) -> int:
    """A port of the world's address that nobody has, neither now nor by record."""
    taken = set(_recorded(ResourceStore(world)))
    candidates = [port for port in RANGE if port not in taken]
    random.shuffle(candidates)
    for port in candidates:
        if _is_free(world.address, port):
            return port
    raise WorldError(f"no port of {world.address} is free between {RANGE.start} and {RANGE.stop}")


def door_port(account: Record) -> int:
    """The door of a service account, from its `iam.serviceAccounts` record."""
    return int(account.status[DOOR_PORT])


def _recorded(store: ResourceStore) -> Iterator[int]:
    for service in store.list("run.services"):
        yield from (int(revision["port"]) for revision in service.status.get("revisions", ()))
    for account in store.list("iam.serviceAccounts"):
        if DOOR_PORT in account.status:
            yield door_port(account)


def _is_free(address: str, port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
