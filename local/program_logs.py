"""`make logs`: follows what programs of a world print, each line with its program's name."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import IO

from rich.console import Console

from local.supervisor import log_path
from local.world import World, WorldError

PAUSE_SECONDS = 0.3
SHOWN_AT_FIRST = 10
"""How many lines of each log are shown at first."""


def follow(world: World, names: Sequence[str], console: Console, *, once: bool = False) -> None:
    """Print the end of each program's log and then, unless `once`, what is added, until interrupted.

    No names: every program's. Raises WorldError for a program that has no log.
    """
    streams = {name: _open_at_end(world, name, console) for name in names or _all(world)}
    while not once:
        for name, stream in streams.items():
            for line in stream:
                _show(console, name, line)
        time.sleep(PAUSE_SECONDS)


def _all(world: World) -> list[str]:
    return sorted(path.stem for path in (world.state / "logs").glob("*.log"))


def _open_at_end(world: World, name: str, console: Console) -> IO[str]:
    path: Path = log_path(world, name)
    if not path.exists():
        known = ", ".join(_all(world)) or "none; is the world up?"
        raise WorldError(f"{name!r} has no log here; those with one: {known}")
    stream = path.open(errors="replace")
    for line in stream.readlines()[-SHOWN_AT_FIRST:]:
        _show(console, name, line)
    return stream


def _show(console: Console, name: str, line: str) -> None:
    console.print(f"{name:<28} {line.rstrip()}", highlight=False, markup=False, soft_wrap=True)
