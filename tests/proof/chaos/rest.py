"""After the storm: runs work off what is announced, a nightly run finds the rest, then nothing changes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from google.cloud import firestore

from members.forgetting import Forgetting
from sync.held import Decider, situation_of
from sync.order import Order
from sync.service import Sync
from tests.functions.doubles.no_users import NO_USERS
from tests.proof.chaos import ending
from tests.proof.chaos.checker import End

MOST_RUNS = 10
"""After so many runs a schedule is given up, and the checker reports what still waits."""
PATIENCE_SECONDS = 20
"""A run that ends early, as on a busy machine, is tried again for so long."""
LATE_SECONDS = 0.03
"""Time for calls that are still inside the servers after the links were cut."""
TIME_PASSES = (
    "UPDATE membership_membersyncqueue SET next_attempt_at = next_attempt_at - interval '1 day',"
    " leased_until = leased_until - interval '1 day' WHERE sync_status = 'pending'",
    # No call is under way any more; without this, a member whose creation was cut off stays dirty for the
    # 90 seconds in which it could still land.
    "UPDATE sync_intent SET created_at = created_at - interval '1 day'"
    " WHERE created_at > now() - interval '1 day'",
)
BUSY = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND state <> 'idle'"
)


@dataclass(frozen=True)
class Deciding:
    """People who decide: `sync` releases deletions that are held, `let_in` lets in who was erased before."""

    sync: Sync
    let_in: Callable[[], None]


def come_to_rest(
    sync: Sync, person: Deciding, connection: ending.Connection, client: firestore.Client
) -> End:
    """Bring the sync to rest; then read what is there, and what two more runs change."""
    _let_late_calls_end(connection)
    complaints = _drain(sync, person, connection, client)
    _run(sync, Order(mode="full"))
    complaints += _drain(sync, person, connection, client)
    before = ending.traces(connection, client)
    _run(sync, Order())
    _run(sync, Order(mode="full"))
    after = ending.traces(connection, client)
    restless = [
        f"{key}: {before.get(key)} → {after.get(key)}"
        for key in before | after
        if before.get(key) != after.get(key)
    ]
    end = ending.read_end(connection, client, restless)
    return replace(end, waiting=[*end.waiting, *complaints]) if end.waiting else end


def _drain(
    sync: Sync, person: Deciding, connection: ending.Connection, client: firestore.Client
) -> list[str]:
    """Run until nothing is announced. Leases, waits and calls under way end at once.

    Returns what the runs complained of.
    """
    complaints: list[str] = []
    for _ in range(MOST_RUNS):
        if not ending.waiting(connection, client):
            break
        for statement in TIME_PASSES:
            connection.execute(statement)
        complaints += _run(sync, Order())
        situation = situation_of(person.sync.reconciler.peer)
        if situation.members:
            person.sync.release(situation, Decider("somebody", "superuser"))
        person.let_in()
        Forgetting(sync, NO_USERS).carry_out(10)
    return complaints


def _run(sync: Sync, order: Order) -> list[str]:
    """Run until a run gets to its end; why the last one did not, or why it is stopped."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        answer = sync.run(order)
        if "error" not in answer or time.monotonic() > deadline:
            return [f"{key}: {answer[key]}" for key in ("error", "stopped") if key in answer]
        time.sleep(LATE_SECONDS)


def _let_late_calls_end(connection: ending.Connection) -> None:
    deadline = time.monotonic() + 10
    time.sleep(LATE_SECONDS)
    while time.monotonic() < deadline:
        row = connection.execute(BUSY).fetchone()
        if row is not None and row[0] == 0:
            return
        time.sleep(LATE_SECONDS)
