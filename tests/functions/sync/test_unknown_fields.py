"""A field that the field map does not know is reported each time, and stops nothing else."""

from __future__ import annotations

from sync.order import Order
from sync.service import Sync
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document

JON = "0101701234"
OTHERS = [f"0202802{number:03}" for number in range(5)]


def test_what_is_no_field_is_that_members_error_and_all_else_of_them_is_synced(
    sync: Sync, store: MemoryStore, peer: MemoryPeer
) -> None:
    for kennitala in OTHERS:
        peer.put(document(kennitala))
    sync.run(Order())
    odd = OTHERS[3]
    entry = store.ask(odd, profile__email="nytt@example.is", profile__noSuchField="Nonni", verified=True)

    result = sync.run(Order())

    told = "not a field, so not synced: profile.noSuchField"
    assert [failure["message"] for failure in result["failures"]] == [told]
    assert (result["status"], result["transient_failures"]) == ("partial", 0)
    assert peer.value(odd, "profile.email") == "nytt@example.is"
    assert store.entries[entry]["status"] == "synced"
    assert (peer.failures, store.logs[-1]["failures"]) == ([], result["failures"])

    nightly = sync.run(Order(mode="full"))

    assert [failure["message"] for failure in nightly["failures"]] == [told]
    assert (nightly["drift"]["differences"], nightly["drift"]["unrepaired"]) == (1, 1)
    assert nightly["django_to_firestore"]["written"] == nightly["firestore_to_django"]["written"] == 0


def test_of_many_unknown_fields_a_few_are_named(sync: Sync, store: MemoryStore, peer: MemoryPeer) -> None:
    peer.put(document(JON))
    sync.run(Order())
    for number in range(9):
        store.edit(JON, **{f"profile__address__x{number}": 1})

    (failure,) = sync.run(Order(members=[JON]))["failures"]

    named = ", ".join(f"profile.address.x{number}" for number in range(5))
    assert failure["message"] == f"not a field, so not synced: {named}, and 4 more"
