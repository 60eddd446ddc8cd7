"""Gives each world a loopback address and a link to its Debian host.

A machine has SLOTS of both. Slot 0 belongs to the default world (Pulumi.local.yaml). Any other world takes a
slot that no other world of this user holds and that no route of the machine uses. A claim is a file in the
cache that names the stack file which uses the slot; it ends when that stack file is removed.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from ipaddress import IPv4Network
from pathlib import Path

from local.exclusive import exclusively
from local.world import CACHE, WorldError

CLAIMS = CACHE / "claims"
NETWORKS = tuple(IPv4Network("198.51.100.0/24").subnets(new_prefix=30))
"""TEST-NET-2 of RFC 5737, in links of two addresses. It is reserved for documentation."""
SLOTS = len(NETWORKS)


@dataclass(frozen=True)
class Place:
    """The address on which a world listens, and the network of the link to its host."""

    address: str
    network: IPv4Network

    @property
    def host(self) -> str:
        """The Debian host's end of the link. The machine's end is the address before it."""
        return str(self.network[2])


def claim(stack_file: Path) -> Place:
    """The place of the world of that stack file, or a free one. The file is made, if it is not there yet.

    Raises WorldError if none is free.
    """
    with exclusively(CLAIMS / "lock"):
        # Without the file, another world that begins at the same moment would see the claim as ended.
        stack_file.parent.mkdir(parents=True, exist_ok=True)
        stack_file.touch()
        slot = _slot_of(stack_file) or _free_slot()
        (CLAIMS / str(slot)).write_text(str(stack_file))
        return Place(f"127.85.{slot}.1", NETWORKS[slot])


def release(stack_file: Path) -> None:
    """Free the place of the world of that stack file, if it has one."""
    with exclusively(CLAIMS / "lock"):
        for slot in range(1, SLOTS):
            if _holder(slot, alive=False) == stack_file:
                (CLAIMS / str(slot)).unlink()


def _slot_of(stack_file: Path) -> int | None:
    return next((slot for slot in range(1, SLOTS) if _holder(slot) == stack_file), None)


def _free_slot() -> int:
    used = _used_networks()
    for slot in range(1, SLOTS):
        if _holder(slot) is None and not _overlaps(NETWORKS[slot], used):
            return slot
    raise WorldError(f"all {SLOTS - 1} places for worlds are taken; `make clean WORLD=NAME` frees one")


def _holder(slot: int, *, alive: bool = True) -> Path | None:
    """The stack file that holds the slot; with `alive`, only if that file still exists."""
    path = CLAIMS / str(slot)
    holder = Path(path.read_text()) if path.exists() else None
    return None if holder and alive and not holder.exists() else holder


def _used_networks() -> list[IPv4Network]:
    """The networks to which the machine has routes, without the default route."""
    answer = subprocess.run(["ip", "-json", "-4", "route"], capture_output=True, text=True, check=False)
    if answer.returncode:
        raise WorldError(f"`ip route` fails: {answer.stderr.strip()}")
    return [IPv4Network(route["dst"]) for route in json.loads(answer.stdout) if route["dst"] != "default"]


def _overlaps(network: IPv4Network, used: list[IPv4Network]) -> bool:
    return any(network.overlaps(other) for other in used)
