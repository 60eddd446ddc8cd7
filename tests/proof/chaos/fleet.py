"""Rigs side by side, each in a process of its own. A rig that has finished a schedule gets the next seed."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import cast

import psutil

from tests.proof.chaos.rig import Rig, running_rig
from tests.proof.chaos.schedule import Schedule
from tests.proof.chaos.storm_guards import StormGuard
from tests.proof.chaos.worker import be_quiet

SPAWN = multiprocessing.get_context("spawn")
END_SECONDS = 120
"""How long a rig may take to end its servers."""
YIELDING = 10
"""The niceness of a rig. A storm works at any speed, so other work on the machine goes first."""
AUTOGROUP = Path("/proc/self/autogroup")


@dataclass(frozen=True)
class Outcome:
    """One schedule's end: on which PostgreSQL it ran, and what the checker found."""

    release: str
    seed: int
    problems: list[str]
    folder: Path
    """Where its history and its end are kept."""


def storm_through(
    releases: Sequence[str], seeds: Iterable[int], folder: Path, without: StormGuard | None = None
) -> Generator[Outcome]:
    """Outcomes as they come, from a rig for each of `releases`; the caller may stop at any time.

    `without`: a guard to remove. Raises RuntimeError if a rig breaks.
    """
    waiting = iter(seeds)
    with ExitStack() as stack:
        rigs = {stack.enter_context(_rig(release, folder, without)): release for release in releases}
        while rigs:
            for rig in cast(list[Connection], wait(list(rigs))):
                outcome = _receive(rig, rigs[rig])
                if outcome is not None:
                    yield outcome
                seed = next(waiting, None)
                rig.send(seed)
                if seed is None:
                    del rigs[rig]


def _receive(rig: Connection, release: str) -> Outcome | None:
    """None says that the rig is up."""
    try:
        return cast(Outcome | None, rig.recv())
    except EOFError:
        raise RuntimeError(f"the rig with PostgreSQL {release} broke; its error is above") from None


@contextmanager
def _rig(release: str, folder: Path, without: StormGuard | None) -> Iterator[Connection]:
    ours, theirs = SPAWN.Pipe()
    # No daemon: those may not start processes, and a storm does.
    process = SPAWN.Process(target=_serve, args=(release, folder, theirs, without))
    process.start()
    theirs.close()
    try:
        yield ours
    finally:
        ours.close()
        process.join(END_SECONDS)


def _serve(release: str, folder: Path, orders: Connection, without: StormGuard | None) -> None:
    """Bring a rig up and run schedules until no more seeds come."""
    be_quiet()
    os.setsid()
    with running_rig(release, without) as rig, _mutated(rig), suppress(EOFError, BrokenPipeError):
        _yield_to_others()
        orders.send(None)
        while (seed := orders.recv()) is not None:
            place = folder / f"{release}-{seed}"
            orders.send(Outcome(release, seed, Schedule(rig, seed, place).run(), place))


def _yield_to_others() -> None:
    """Let all other work go first, now that every server is up: its start has a time limit.

    If Linux gives each session its own share, the niceness of the session counts (sched(7), "The autogroup
    feature"), so the rig is a session.
    """
    own = psutil.Process()
    for process in (own, *own.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):  # it ended meanwhile
            process.nice(YIELDING)
    with suppress(OSError):  # no such kernel, or a user other than root who writes twice within 0.1 s
        AUTOGROUP.write_text(str(YIELDING))


def _mutated(rig: Rig) -> AbstractContextManager[None]:
    """The guard is removed in this process too, which runs the sync after the storm."""
    return rig.mutation.made() if rig.mutation else nullcontext()
