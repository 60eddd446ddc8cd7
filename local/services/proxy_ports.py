"""Which port is whose door to Firestore: one per service account, the same for as long as the world lives."""

from __future__ import annotations

import json
from pathlib import Path

from local.exclusive import exclusively
from local.listening import can_listen
from local.whole_file import write_whole
from local.world import World, WorldError

FIRST_PORT, LAST_PORT = 8420, 8999


def door_port(world: World, email: str) -> int:
    """The port of that account's door; the first call for an account chooses it.

    Raises WorldError where every port of the range is taken.
    """
    path = world.state / "doors.json"
    with exclusively(path.with_suffix(".lock")):
        ports = _read(path)
        if email not in ports:
            ports[email] = _free_port(world, set(ports.values()))
            write_whole(path, json.dumps(ports, indent=1, sort_keys=True))
        return ports[email]


def door_address(world: World, email: str) -> str:
    """HOST:PORT of that account's door, as FIRESTORE_EMULATOR_HOST takes it."""
    return f"{world.address}:{door_port(world, email)}"


def _free_port(world: World, taken: set[int]) -> int:
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if port not in taken and can_listen(world.address, port):
            return port
    raise WorldError(f"no free port between {FIRST_PORT} and {LAST_PORT} at {world.address}")


def _read(path: Path) -> dict[str, int]:
    return dict(json.loads(path.read_text())) if path.exists() else {}
