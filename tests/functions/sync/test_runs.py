"""Whole runs: they work off what either side announced, and answer what happened."""

from __future__ import annotations

from dataclasses import replace

import pytest

from runtime.settings import RunLimits
from sync.failures import TransientError
from sync.held import Decider, situation_of
from sync.order import Order
from sync.service import Sync
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document

JON = "0101701234"
ANNA = "0202802345"
MANY = [f"01017{number:05}" for number in range(25)]


def test_a_run_drains_both_sides(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in (JON, ANNA):
        peer.put(document(kennitala))
    sync.run(Order())
    entry = store.ask(JON, profile__email="nytt@example.is")
    peer.edit(ANNA, name="Anna Önnudóttir")

    result = sync.run(Order())

    assert result["status"] == "success"
    assert result["firestore_to_django"]["written"] == 1
    assert result["django_to_firestore"]["written"] == 1
    assert store.entries[entry]["status"] == "synced"
    assert peer.dirty == {}


def test_every_batch_is_claimed_until_none_is_left(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in MANY:
        peer.put(document(kennitala))

    result = replace(sync, limits=RunLimits(batch_size=10, parallel_batches=3)).run(Order())

    assert sorted(store.members) == MANY
    assert result["django_to_firestore"]["read"] == result["django_to_firestore"]["written"] == 25


def test_the_answer_has_the_agreed_shape(sync: Sync) -> None:
    result = sync.run(Order())

    assert {"started_at", "completed_at", "status", "duration_seconds"} <= result.keys()
    numbers = {"read", "merged", "written", "conflicted", "failed", "retried"}
    assert set(result["firestore_to_django"]) == set(result["django_to_firestore"]) == numbers


def test_a_run_with_nothing_to_do_leaves_no_log(sync: Sync, store: MemoryStore) -> None:
    assert "log_id" not in sync.run(Order())
    assert store.logs == []


def test_a_run_that_did_something_is_logged_with_masked_failures(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    peer.put(document(ANNA))
    peer.invalid.add(ANNA)

    result = sync.run(Order(reason="test"))

    [logged] = store.logs
    assert result["log_id"] == "log-1"
    assert (logged["mode"], logged["reason"], logged["status"]) == ("pending", "test", "partial")
    assert [failure["kennitala"] for failure in logged["failures"]] == ["020280-****"]
    assert ANNA not in str(logged)


def test_a_failed_run_says_so_and_is_logged(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    peer.put(document(JON))
    peer.outages = 1

    result = sync.run(Order())

    assert result["status"] == "failed"
    assert result["error"] == "Django did not answer"
    assert len(store.logs) == 1


def test_an_entry_of_a_member_to_be_tried_again_stays_pending(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    entry = store.ask(JON, **{"name": "Jón"})
    peer.silent.add(JON)

    result = sync.run(Order())

    assert store.entries[entry]["status"] == "pending"
    assert result["transient_failures"] == 1


def test_an_entry_of_a_member_given_up_is_failed_with_the_reason(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    entry = store.ask(JON, name="Jón")
    peer.invalid.add(JON)

    result = sync.run(Order())

    assert store.entries[entry] == {
        "kennitala": JON,
        "paths": frozenset({"name"}),
        "status": "failed",
        "error": "profile.phone is not a number",
    }
    assert (result["status"], result["transient_failures"]) == ("partial", 0)


def test_an_entry_fails_only_if_its_own_field_rests(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    peer.put(document(JON))
    sync.run(Order())
    bad = store.ask(JON, profile__phone="símanúmer")
    good = store.ask(JON, profile__email="nytt@example.is")

    result = sync.run(Order())

    assert (store.entries[good]["status"], peer.value(JON, "profile.email")) == ("synced", "nytt@example.is")
    assert (store.entries[bad]["status"], store.entries[bad]["error"]) == (
        "failed",
        "profile.phone is not a phone number",
    )
    assert (result["status"], peer.dirty) == ("partial", {})


def test_a_forged_entry_is_failed_and_disturbs_nobody(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    sync.run(Order())
    store.entries["forged"] = {
        "kennitala": "../../sync_logs/x",
        "status": "pending",
        "paths": frozenset(),
    }
    store.ask(JON, profile__email="nytt@example.is")

    sync.run(Order())

    assert store.entries["forged"]["status"] == "failed"
    assert peer.value(JON, "profile.email") == "nytt@example.is"


def test_when_the_time_is_up_no_batch_is_begun(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in MANY:
        peer.put(document(kennitala))

    result = replace(sync, limits=RunLimits(batch_size=10, parallel_batches=1, budget_seconds=1e-9)).run(
        Order()
    )

    assert result["status"] == "partial"
    assert 0 < len(store.members) < len(MANY)
    assert len(peer.dirty) == len(MANY) - len(store.members)


def test_named_members_are_reconciled_though_nothing_announced_them(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    peer.put(document(ANNA))
    peer.forget_changes()

    sync.run(Order(members=[JON]))

    assert list(store.members) == [JON]


def test_the_nightly_run_repairs_and_reports_drift(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    for kennitala in MANY:
        peer.put(document(kennitala))
    sync.run(Order())
    store.edit(MANY[3], profile__email="nytt@example.is")
    store.delete(MANY[7])
    peer.edit(MANY[11], name="Nýtt Nafn")
    peer.forget_changes()

    drift = sync.run(Order(mode="full"))["drift"]

    assert (drift["in_firestore"], drift["in_django"]) == (24, 25)
    assert (drift["differences"], drift["repaired"], drift["unrepaired"]) == (3, 2, 1)
    assert all(kennitala.endswith("-****") for kennitala in drift["members"])
    sync.release(situation_of(peer), Decider("somebody", "superuser"))
    again = sync.run(Order(mode="full"))
    assert again["drift"]["differences"] == 0
    assert again["django_to_firestore"]["written"] == 0


def test_drift_that_cannot_be_repaired_is_reported_as_such(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    sync.run(Order())
    store.edit(JON, profile="texti")

    result = sync.run(Order(mode="full"))

    assert (result["drift"]["repaired"], result["drift"]["unrepaired"]) == (0, 1)
    assert result["status"] == "partial"


def test_a_dry_run_of_the_comparison_lists_every_difference_and_changes_nothing(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    for kennitala in MANY:
        peer.put(document(kennitala))
    sync.run(Order())
    writes = len(store.writes)
    logs = len(store.logs)
    store.edit(MANY[3], profile__email="nytt@example.is")

    result = sync.run(Order(mode="full", dry_run=True))

    assert [plan["kennitala"] for plan in result["dry_run"]] == [MANY[3]]
    assert (len(store.writes), len(store.logs)) == (writes, logs)
    assert peer.value(MANY[3], "profile.email") == "jon@example.is"


def test_reconciling_for_an_event_settles_the_members_entries(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    peer.put(document(JON))
    sync.run(Order())
    entry = store.ask(JON, profile__email="nytt@example.is")

    sync.reconcile_member(JON)

    assert store.entries[entry]["status"] == "synced"
    assert peer.value(JON, "profile.email") == "nytt@example.is"


@pytest.mark.parametrize("fault", ["outages", "silent"])
def test_an_event_that_may_succeed_later_raises(
    sync: Sync, store: MemoryStore, peer: MemoryPeer, fault: str
) -> None:
    store.ask(JON, name="Jón")
    if fault == "outages":
        peer.outages = 1
    else:
        peer.silent.add(JON)

    with pytest.raises(TransientError):
        sync.reconcile_member(JON)


def test_an_event_of_a_member_given_up_does_not_raise(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    store.ask(JON, name="Jón")
    peer.invalid.add(JON)

    sync.reconcile_member(JON)

    assert [failure.permanent for failure in peer.failures] == [True]
