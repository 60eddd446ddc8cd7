"""Where each service account finds Firestore and Firebase Auth, the same for as long as the world lives."""

from __future__ import annotations

import json
from pathlib import Path

from local.exclusive import exclusively
from local.listening import can_listen
from local.whole_file import write_whole
from local.world import World, WorldError

FIRST_PORT, LAST_PORT = 8420, 8999
FILE, EARLIER_FILE = "proxy-ports.json", "doors.json"
"""The file of the ports, and its name in worlds that version 0.1.0 made."""


def proxy_port(world: World, email: str) -> int:
    """The port of that account; the first call for an account chooses it.

    Raises WorldError if every port of the range is taken.
    """
    path = world.state / FILE
    with exclusively(path.with_suffix(".lock")):
        ports = _read(path)
        if email not in ports:
            ports[email] = _free_port(world, set(ports.values()))
            write_whole(path, json.dumps(ports, indent=1, sort_keys=True))
        return ports[email]


def proxy_address(world: World, email: str) -> str:
    """HOST:PORT of that account's proxy, as FIRESTORE_EMULATOR_HOST takes it."""
    return f"{world.address}:{proxy_port(world, email)}"


def auth_address(world: World, email: str) -> str:
    """HOST:PORT/PATH of that account's administration of users, as FIREBASE_AUTH_EMULATOR_HOST takes it."""
    return f"{world.address}:{world.ports['googleapis']}/identitytoolkit/as/{email}"


def _free_port(world: World, taken: set[int]) -> int:
    for port in range(FIRST_PORT, LAST_PORT + 1):
        if port not in taken and can_listen(world.address, port):
            return port
    raise WorldError(f"no free port between {FIRST_PORT} and {LAST_PORT} at {world.address}")


def _read(path: Path) -> dict[str, int]:
    """The ports by account. The functions of an older world run with the ports in its earlier file."""
    earlier = path.with_name(EARLIER_FILE)
    if earlier.exists() and not path.exists():
        earlier.rename(path)
    return dict(json.loads(path.read_text())) if path.exists() else {}
