"""Rounds that are not measured: the emulator's compiler and Django's workers need some to reach full speed.

Without them the sync, which is measured first, would run on a cold machine and the ceiling on a warm one.
"""

from __future__ import annotations

from bench import ceiling, replaced
from bench.firestore import client_of, members_in
from bench.register import as_lines
from bench.rig import Rig
from bench.worker import running_worker

ONE_BY_ONE = 20


def warm_up(rig: Rig, members: int, rounds: int) -> None:
    """Copy the members in each of the three ways and compare them, `rounds` times. Leaves the rig empty."""
    elsewhere = rig.with_project("warm-up")
    with running_worker(elsewhere) as worker, client_of(elsewhere) as client:
        for _ in range(rounds):
            rig.django.manage("load_register", stdin=as_lines(members))
            worker.run(mode="full")
            ceiling.copy(elsewhere, client, members_in(client))
            replaced.copy(elsewhere, client, min(members, ONE_BY_ONE))
            elsewhere.empty()
