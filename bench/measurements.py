"""What is measured at one size in one setting."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from bench import ceiling, replaced
from bench.figures import Figures
from bench.firestore import client_of, members_in
from bench.register import as_lines
from bench.rig import Rig
from bench.worker import Worker, running_worker

CHANGES = (1, 10, 1000)
REPEATS = {1: 15, 10: 9, 1000: 3}
LONG_COPY = 50_000
"""Members whose copy takes so long that one round is enough."""
REPLACED_MEMBERS = 400
"""Enough to know its rate; it would take hours with 100,000."""
Say = Callable[[str], None]


@dataclass(frozen=True)
class Copied:
    """A copied register: the worker, its rate (members a second), and the rate of the ceiling."""

    rig: Rig
    worker: Worker
    ours: float
    ceiling: float


def measure(rig: Rig, members: int, rounds: int, say: Say) -> Figures:
    """Measure all at this size, and leave the rig empty. Raises RuntimeError if a run fails.

    `rounds`: how many first copies, each followed by the ceiling; the medians count.
    """
    rounds = rounds if members < LONG_COPY else 1
    rates = []
    for number in range(1, rounds):
        with _copied(rig.with_project(f"{members}-{number}"), members, say) as copied:
            rates.append((copied.ours, copied.ceiling))
    with _copied(rig.with_project(f"{members}-{rounds}"), members, say) as copied:
        rates.append((copied.ours, copied.ceiling))
        ours, most = (statistics.median(column) for column in zip(*rates, strict=True))
        nightly = _nightly(copied.worker, say)
        changes = {count: _change(copied, count, say) for count in CHANGES if count <= members}
        peak = copied.worker.run(mode="pending")["peak_kib"] / 1024
        least = _replaced(copied.rig, members, say)
    return Figures(rig.setting, members, ours, least, most, members / ours, nightly, changes, peak)


@contextmanager
def _copied(rig: Rig, members: int, say: Say) -> Iterator[Copied]:
    """Load a register, copy it, and copy it as fast as can be."""
    try:
        with running_worker(rig) as worker:
            worker.run(mode="pending")
            say("loading the register")
            rig.django.manage("load_register", stdin=as_lines(members))
            say("first copy")
            done = worker.run(mode="pending")
            _require(done["written"] == members, f"{done['written']} of {members} members were written")
            yield Copied(rig, worker, members / done["seconds"], _ceiling(rig, say))
    finally:
        rig.empty()


def _ceiling(rig: Rig, say: Say) -> float:
    """In a database of its own: the sync began with an empty one too."""
    say("the ceiling")
    elsewhere = rig.with_project("ceiling")
    with client_of(rig) as client:
        documents = members_in(client)
    try:
        with client_of(elsewhere) as client:
            return ceiling.copy(elsewhere, client, documents)
    finally:
        elsewhere.forget_documents()


def _nightly(worker: Worker, say: Say) -> float:
    say("comparison without differences")
    done = worker.run(mode="full")
    _require(done["written"] == 0, f"a run without differences wrote {done['written']}")
    return float(done["seconds"])


def _change(copied: Copied, count: int, say: Say) -> float:
    """The median time to carry so many changes across."""
    say(f"{count:,} change{'s' * (count > 1)}")
    seconds: list[float] = []
    for repeat in range(REPEATS[count]):
        copied.rig.sql(
            f"UPDATE membership_comrade SET name = 'Changed {repeat}' WHERE ssn IN"  # noqa: S608 # nosec B608
            f" (SELECT ssn FROM membership_comrade ORDER BY ssn LIMIT {count})"
        )
        done = copied.worker.run(mode="pending")
        _require(done["written"] == count, f"{done['written']} of {count} changes were written")
        seconds.append(done["seconds"])
    return statistics.median(seconds)


def _replaced(rig: Rig, members: int, say: Say) -> float:
    say("the replaced algorithm")
    with client_of(rig) as client:
        return replaced.copy(rig, client, min(members, REPLACED_MEMBERS))


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RuntimeError(otherwise)
