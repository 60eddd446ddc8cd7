"""A person says which store was set back: then both sides agree on what was newest, and nothing is lost."""

from __future__ import annotations

from typing import Any

import pytest

from sync.held import Decider
from sync.order import InvalidOrderError, Order
from sync.service import Sync
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document
from tests.functions.sync.test_set_back import ANNA, JON, SOL, Pair

OPERATOR = Decider("operator-anna@example", "operator")
EMAIL, STATUS, NUMBER = "profile.email", "membership.status", "membership.djangoId"
UNNUR = "0404904567"


@pytest.fixture
def stores(sync: Sync, peer: MemoryPeer, store: MemoryStore) -> Pair:
    return Pair(sync, peer, store)


def decide(stores: Pair, restored: Any) -> dict[str, Any]:
    result = stores.sync.after_restore(restored, OPERATOR)
    assert result["settled"]
    assert stores.run()["status"] in ("success", "partial")
    return result


def both(stores: Pair, kennitala: str, path: str) -> Any:
    """The value that both sides hold."""
    ours, theirs = stores.peer.value(kennitala, path), stores.store.value(kennitala, path)
    assert ours == theirs
    return ours


def planned(stores: Pair, restored: Any) -> set[tuple[str, str, str, Any]]:
    """What a dry run says: member, side, field and value afterwards."""
    result = stores.run(Order(mode="full", dry_run=True, after_restore=restored))
    return {
        (plan["kennitala"], side, change["field"], change["after"])
        for plan in result["dry_run"]
        for side in ("django", "firestore")
        for change in plan["changes"][side]
    }


def test_after_the_register_the_day_comes_back_from_firestore(stores: Pair) -> None:
    stores.a_day_passes()
    number = stores.peer.value(SOL, NUMBER)
    stores.set_register_back()
    assert (JON, "django", STATUS, "left") in planned(stores, "register")
    decide(stores, "register")
    assert both(stores, JON, STATUS) == "left"
    assert both(stores, ANNA, EMAIL) == "new@example.is"
    assert both(stores, SOL, NUMBER) == number
    assert stores.peer.conflicts == []


def test_a_number_is_given_to_nobody_else(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_register_back()
    # Staff enter somebody before anybody has decided, who gets the number that Sól had.
    stores.peer.put(document(UNNUR, membership__djangoId=stores.store.value(SOL, NUMBER)))
    decide(stores, "register")
    stores.peer.put(document("0505905678", membership__djangoId=None))
    stores.run()
    numbers = [both(stores, member, NUMBER) for member in stores.peer.tables.members]
    assert len(set(numbers)) == len(numbers) == 5


def test_after_the_register_what_staff_did_since_stands_or_is_in_the_log(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_register_back()
    stores.peer.edit(JON, membership__status="suspended", name="Nafn Eftir")
    stores.store.edit(ANNA, profile__phone="5559999")
    decide(stores, "register")
    assert both(stores, JON, STATUS) == "suspended"
    assert both(stores, JON, "name") == "Nafn Eftir"
    assert both(stores, ANNA, "profile.phone") == "5559999"
    assert both(stores, ANNA, EMAIL) == "new@example.is"
    assert [(lost.field, lost.firestore) for lost in stores.peer.conflicts] == [(STATUS, "left")]


def test_after_an_emptied_register_everybody_is_back_with_the_number(stores: Pair) -> None:
    stores.a_day_passes()
    numbers = {member: stores.peer.value(member, NUMBER) for member in (JON, ANNA, SOL)}
    stores.empty_register()
    decide(stores, "register")
    assert {member: both(stores, member, NUMBER) for member in numbers} == numbers
    assert both(stores, JON, STATUS) == "left"


def test_after_the_register_nobody_is_deleted_without_being_asked(stores: Pair) -> None:
    stores.a_day_passes()
    stores.peer.delete(ANNA)
    stores.run()
    stores.set_register_back()
    result = decide(stores, "register")
    assert result["held"] == 1
    assert stores.peer.value(ANNA, "name") is not None
    assert ANNA not in stores.store.members


def test_after_firestore_yesterdays_documents_overwrite_nothing(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_firestore_back()
    assert {change[1] for change in planned(stores, "firestore")} == {"firestore"}
    decide(stores, "firestore")
    assert both(stores, JON, STATUS) == "left"
    assert both(stores, ANNA, EMAIL) == "new@example.is"
    assert both(stores, SOL, "name") == "Jón Jónsson"
    assert stores.peer.conflicts == []


@pytest.mark.parametrize("known", [True, False], ids=["import over it", "nothing is left"])
def test_after_an_emptied_firestore_everybody_is_back(stores: Pair, known: bool) -> None:
    stores.a_day_passes()
    born = stores.store.members[SOL]
    (stores.set_firestore_back if known else stores.empty_firestore)()
    if known:  # An import leaves the documents that were born since.
        stores.store.members[SOL] = born
    decide(stores, "firestore")
    assert both(stores, JON, STATUS) == "left"
    assert both(stores, SOL, "name") == "Jón Jónsson"
    assert len(stores.store.members) == 3


def test_after_firestore_what_was_deleted_in_the_register_stays_so(stores: Pair) -> None:
    stores.a_day_passes()
    stores.peer.delete(JON)
    stores.run()
    stores.set_firestore_back()
    decide(stores, "firestore")
    assert JON not in stores.store.members
    assert stores.peer.value(JON, "name") is None


def test_after_firestore_edits_since_count_and_what_is_doubtful_is_logged(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_firestore_back()
    stores.store.ask(ANNA, profile__phone="5559999")
    stores.peer.edit(ANNA, name="Nafn Eftir")
    decide(stores, "firestore")
    assert both(stores, ANNA, "profile.phone") == "5559999"
    assert both(stores, ANNA, "name") == "Nafn Eftir"
    logged = {(lost.field, lost.lost_on, lost.django) for lost in stores.peer.conflicts}
    assert (EMAIL, "django", "new@example.is") in logged


def test_both_stores_set_back_to_two_days(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_register_back()
    result = stores.run()
    assert result["status"] == "stopped"
    stores.store.edit(JON, profile__email="later@example.is")
    decide(stores, "register")
    assert both(stores, JON, EMAIL) == "later@example.is"


@pytest.mark.parametrize("restored", ["register", "firestore"])
def test_the_dry_run_is_what_happens_and_writes_nothing(stores: Pair, restored: Any) -> None:
    stores.a_day_passes()
    stores.set_register_back() if restored == "register" else stores.set_firestore_back()
    before = stores.all_values()
    plan = planned(stores, restored)
    assert stores.all_values() == before
    decide(stores, restored)
    for kennitala, side, path, after in plan:
        if path not in ("existence", NUMBER):
            place = stores.peer if side == "django" else stores.store
            assert place.value(kennitala, path) == after


def test_a_decision_that_is_cut_off_is_ordered_again(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_firestore_back()
    stores.store.lost_answers = 1
    stores.peer.poison = {JON}
    first = stores.sync.after_restore("firestore", OPERATOR)
    if not first["settled"]:
        assert stores.run()["status"] == "stopped"
    stores.peer.poison = set()
    decide(stores, "firestore")
    assert both(stores, JON, STATUS) == "left"


def test_the_first_run_after_the_decision_is_an_ordinary_one(stores: Pair) -> None:
    stores.a_day_passes()
    stores.set_register_back()
    decide(stores, "register")
    writes = len(stores.store.writes)
    assert stores.run()["status"] == "success"
    assert len(stores.store.writes) == writes


def test_no_program_can_decide() -> None:
    for body in (
        b'{"mode": "full", "after_restore": "register"}',
        b'{"after_restore": "firestore", "dry_run": true}',
        b'{"mode": "full", "dry_run": true, "after_restore": "both"}',
    ):
        with pytest.raises(InvalidOrderError):
            Order.parse(body)
