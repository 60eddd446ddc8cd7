"""Finds what prevents a world from coming up, before anything is started. `make doctor` shows the same."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import psutil

from local import supervisor
from local.listening import can_listen
from local.toolchain import catalogue
from local.world import CACHE, LOCAL, World, WorldError

DISK_BYTES = 3 * 1024**3
"""Free space that the host's file system, the emulators' data and the logs need."""


@dataclass(frozen=True)
class Problem:
    """Something that is missing or wrong, and what the user can do about it."""

    what: str
    remedy: str
    required: bool = True

    def __str__(self) -> str:
        return f"{self.what}: {self.remedy}"


def require_clear(world: World) -> None:
    """Raise WorldError with the first problem that prevents the world from coming up."""
    for problem in problems(world):
        if problem.required:
            raise WorldError(str(problem))


def problems(world: World) -> Iterator[Problem]:
    """All problems of this machine and of this world."""
    yield from machine_problems()
    yield from busy_ports(world)


def machine_problems() -> Iterator[Problem]:
    """All problems of this machine, whichever world is meant."""
    yield from _root()
    yield from _disk()
    yield from _tools()


def busy_ports(world: World) -> Iterator[Problem]:
    """The world's ports on which another process listens."""
    if supervisor.is_running(world):
        return
    holders = _holders()
    for name, port in world.ports.items():
        if not can_listen(world.address, port):
            yield Problem(
                f"port {port} ({name}) on {world.address} is taken by {holders.get(port, 'another program')}",
                "end that program, or change the port in local/Pulumi.local.yaml",
            )


def _root() -> Iterator[Problem]:
    if os.geteuid() != 0 and not shutil.which("sudo"):
        yield Problem("no root", "the Debian host needs mounts and a network of its own; install sudo")


def _disk() -> Iterator[Problem]:
    for folder in (LOCAL, CACHE):
        folder.mkdir(parents=True, exist_ok=True)
        free = shutil.disk_usage(folder).free
        if free < DISK_BYTES:
            yield Problem(
                f"{free / 1024**3:.1f} GiB are free at {folder}",
                f"make room for {DISK_BYTES / 1024**3:.0f} GiB",
            )


def _tools() -> Iterator[Problem]:
    for tool, remedy in catalogue.missing():
        yield Problem(f"{tool.name} is missing ({tool.purpose})", remedy, required=not tool.without)


def _holders() -> dict[int, str]:
    """Port → the process that listens on it, as far as this user can see."""
    holders = {}
    for connection in psutil.net_connections("tcp"):
        if connection.status == psutil.CONN_LISTEN and connection.pid and connection.laddr:
            holders[connection.laddr.port] = _describe(connection.pid)
    return holders


def _describe(pid: int) -> str:
    try:
        return f"process {pid} ({' '.join(psutil.Process(pid).cmdline())[:80]})"
    except psutil.Error:
        return f"process {pid}"
