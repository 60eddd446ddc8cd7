"""What is measured at one size in one setting."""

from __future__ import annotations

import statistics
from collections.abc import Callable

from bench import ceiling, replaced
from bench.figures import Figures
from bench.firestore import client_of, members_in
from bench.register import as_lines
from bench.rig import Rig, running_rig
from bench.warm_up import warm_up
from bench.worker import Worker, running_worker

CHANGES = (1, 10, 1000)
REPEATS = {1: 15, 10: 9, 1000: 3}
REPLACED_MEMBERS = 400
"""Enough to know its rate; it would take hours with 100,000."""
Say = Callable[[str], None]


def measure(setting: str, members: int, say: Say) -> Figures:
    """Bring up a rig, measure everything on it, and take it down. Raises RuntimeError where a run fails."""
    with running_rig(setting) as rig, running_worker(rig) as worker, client_of(rig) as client:
        say("warming up")
        warm_up(rig)
        worker.run(mode="pending")
        say("loading the register")
        rig.django.manage("load_register", stdin=as_lines(members))
        say("first copy")
        first = worker.run(mode="pending")
        _require(first["written"] == members, f"{first['written']} of {members} members were written")
        say("comparison without differences")
        nightly = worker.run(mode="full")
        _require(nightly["written"] == 0, f"a run without differences wrote {nightly['written']}")
        changes = {count: _change(rig, worker, count, say) for count in CHANGES if count <= members}
        peak = worker.run(mode="pending")["peak_kib"] / 1024
        say("the ceiling")
        most = ceiling.copy(rig, client, members_in(client))
        say("the replaced algorithm")
        least = replaced.copy(rig, client, min(members, REPLACED_MEMBERS))
        rate = members / first["seconds"]
        times = (first["seconds"], nightly["seconds"])
        return Figures(setting, members, rate, least, most, *times, changes, peak)


def _change(rig: Rig, worker: Worker, count: int, say: Say) -> float:
    """The median time to carry so many changes across."""
    say(f"{count} changes")
    seconds: list[float] = []
    for repeat in range(REPEATS[count]):
        rig.sql(
            f"UPDATE membership_comrade SET name = 'Changed {repeat}' WHERE ssn IN"  # noqa: S608 (our numbers)
            f" (SELECT ssn FROM membership_comrade ORDER BY ssn LIMIT {count})"
        )
        done = worker.run(mode="pending")
        _require(done["written"] == count, f"{done['written']} of {count} changes were written")
        seconds.append(done["seconds"])
    return statistics.median(seconds)


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise RuntimeError(otherwise)
