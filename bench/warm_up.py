"""Rounds that nobody measures: the emulator's compiler and Django's workers need some to come up to speed.

Without them the sync, which is measured first, would run on a cold machine and the ceiling on a warm one. The
rounds use a project of their own in the emulator, and leave Django's tables empty again.
"""

from __future__ import annotations

from dataclasses import replace

from bench import ceiling, replaced
from bench.firestore import client_of, members_in
from bench.register import as_lines
from bench.rig import Rig
from bench.worker import running_worker

ROUNDS = 4
MEMBERS = 2500
ONE_BY_ONE = 20
EMPTY = """
    TRUNCATE membership_comrade, membership_membersyncqueue, sync_shadow, sync_intent, sync_conflict CASCADE
"""


def warm_up(rig: Rig, members: int = MEMBERS) -> None:
    """Copy, compare and copy again, each of the three ways."""
    elsewhere = replace(rig, project=f"{rig.project}-warm-up")
    with running_worker(elsewhere) as worker, client_of(elsewhere) as client:
        for _ in range(ROUNDS):
            rig.django.manage("load_register", stdin=as_lines(members))
            worker.run(mode="full")
            ceiling.copy(elsewhere, client, members_in(client))
            replaced.copy(elsewhere, client, min(members, ONE_BY_ONE))
            rig.sql(EMPTY)
