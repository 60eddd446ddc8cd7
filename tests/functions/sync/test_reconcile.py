"""The four steps, with a Firestore and a Django in memory that fail as the real ones do."""

from __future__ import annotations

import pytest

from sync.failures import TransientError
from sync.options import Options
from sync.reconcile import Reconciler
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore, document

JON = "0101701234"
ANNA = "0202802345"
OLI = "0303903456"


@pytest.fixture
def agreed(store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler) -> None:
    """Three members, the same on both sides."""
    for kennitala in (JON, ANNA, OLI):
        peer.put(document(kennitala))
    reconciler.reconcile([JON, ANNA, OLI])
    store.writes.clear()
    peer.apply_calls.clear()
    peer.acknowledgements.clear()


def test_a_member_made_in_django_appears_in_firestore(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.put(document(JON))

    report = reconciler.reconcile([JON])

    assert store.value(JON, "profile.address.city") == "Reykjavík"
    assert report.django_to_firestore.written == 1
    assert peer.dirty == {}


@pytest.mark.usefixtures("agreed")
def test_an_edit_in_the_portal_reaches_django(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    store.edit(JON, profile__email="nytt@example.is")

    report = reconciler.reconcile([JON])

    assert peer.value(JON, "profile.email") == "nytt@example.is"
    assert report.firestore_to_django.written == 1
    assert store.writes == []


@pytest.mark.usefixtures("agreed")
def test_edits_of_different_fields_on_both_sides_are_both_kept(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    store.edit(JON, profile__email="nytt@example.is")
    peer.edit(JON, name="Jón J. Jónsson")

    report = reconciler.reconcile([JON])

    assert (store.value(JON, "name"), store.value(JON, "profile.email")) == (
        "Jón J. Jónsson",
        "nytt@example.is",
    )
    assert peer.value(JON, "profile.email") == "nytt@example.is"
    assert report.firestore_to_django.conflicted == report.django_to_firestore.conflicted == 0


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize(
    ("path", "in_firestore", "in_django", "kept"),
    [
        ("profile__phone", "1111111", "2222222", "1111111"),
        ("name", "Að eigin ósk", "Starfsfólk", "Starfsfólk"),
    ],
)
def test_the_policy_decides_a_conflict(
    store: MemoryStore,
    peer: MemoryPeer,
    reconciler: Reconciler,
    path: str,
    in_firestore: str,
    in_django: str,
    kept: str,
) -> None:
    store.edit(JON, **{path: in_firestore})
    peer.edit(JON, **{path: in_django})

    report = reconciler.reconcile([JON])

    dotted = path.replace("__", ".")
    assert store.value(JON, dotted) == peer.value(JON, dotted) == kept
    assert report.firestore_to_django.conflicted + report.django_to_firestore.conflicted == 1


@pytest.mark.usefixtures("agreed")
def test_agreement_is_quiet(store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler) -> None:
    for _ in range(3):
        reconciler.reconcile([JON, ANNA, OLI])

    assert store.writes == []
    assert peer.acknowledgements == []


@pytest.mark.usefixtures("agreed")
def test_a_deletion_in_django_deletes_the_document(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.delete(JON)

    reconciler.reconcile([JON])

    assert JON not in store.members
    assert peer.dirty == {}


@pytest.mark.usefixtures("agreed")
def test_a_faster_writer_is_read_again_and_kept(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.edit(JON, name="Jón J. Jónsson")
    store.interrupt = lambda: store.edit(JON, profile__email="hradari@example.is")

    report = reconciler.reconcile([JON])

    assert store.value(JON, "profile.email") == peer.value(JON, "profile.email") == "hradari@example.is"
    assert store.value(JON, "name") == "Jón J. Jónsson"
    assert report.django_to_firestore.retried == 1
    assert report.failed == 0


@pytest.mark.usefixtures("agreed")
def test_a_write_whose_answer_was_lost_is_recognised(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.edit(JON, name="Jón J. Jónsson")
    store.lost_answers = 1

    reconciler.reconcile([JON])

    assert len(store.writes) == 1
    assert peer.conflicts == []
    assert peer.dirty == {}


@pytest.mark.usefixtures("agreed")
def test_an_edit_in_django_during_the_write_follows(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.edit(JON, name="Fyrra nafn")
    store.interrupt = lambda: peer.edit(JON, name="Seinna nafn")

    reconciler.reconcile([JON])

    assert store.value(JON, "name") == "Seinna nafn"
    assert peer.dirty == {}


@pytest.mark.usefixtures("agreed")
def test_a_stale_read_is_read_again(store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler) -> None:
    peer.saw(JON, store.time_after(3))

    report = reconciler.reconcile([JON])

    assert report.firestore_to_django.retried > 0
    assert report.failed == 0


@pytest.mark.usefixtures("agreed")
def test_others_who_never_stop_writing_end_in_a_failure_to_try_again(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    peer.edit(JON, name="Jón J. Jónsson")

    def interrupt() -> None:
        store.edit(JON, profile__email=f"{store.reads}@example.is")
        store.interrupt = interrupt

    store.interrupt = interrupt
    report = reconciler.reconcile([JON])

    assert [failure.permanent for failure in report.failures] == [False]
    assert store.reads <= 1 + reconciler.rounds
    assert JON in peer.dirty


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize("fault", ["invalid", "poison", "silent"])
def test_one_bad_member_does_not_hold_up_the_others(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler, fault: str
) -> None:
    getattr(peer, fault).add(ANNA)
    for kennitala in (JON, ANNA, OLI):
        store.edit(kennitala, profile__email="nytt@example.is")

    report = reconciler.reconcile([JON, ANNA, OLI])

    assert [failure.kennitala for failure in report.failures] == [ANNA]
    assert [failure.kennitala for failure in peer.failures] == [ANNA]
    assert peer.value(JON, "profile.email") == peer.value(OLI, "profile.email") == "nytt@example.is"


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"profile": "texti"}, "profile is not a map"),
        ({"profile__email": {"a": 1}}, "profile.email has the type dict, which is never synced"),
        ({"profile__address": ["Dæmigata 1"]}, "profile.address is not a map"),
        ({"profile__phone": float("nan")}, "profile.phone is not a finite number"),
        ({"profile__address__street": "x" * 900_000}, "profile.address.street is longer than 200 characters"),
        ({"profile__email": b"\x00"}, "profile.email has the type bytes, which is never synced"),
        ({"profile__phone": "símanúmer"}, "profile.phone is not a phone number"),
        ({"profile__email": "a@b..c"}, "profile.email is not an e-mail address"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_bad_value_stops_its_own_field_and_nothing_that_staff_own(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler, broken: dict[str, object], reason: str
) -> None:
    store.edit(JON, **broken)
    store.edit(ANNA, profile__email="nytt@example.is")
    peer.edit(JON, membership__status="suspended")

    report = reconciler.reconcile([JON, ANNA])

    assert peer.value(JON, "profile.email") == "jon@example.is"
    assert peer.value(ANNA, "profile.email") == "nytt@example.is"
    assert store.members[JON].fields["membership"]["status"] == "suspended"
    assert reason in store.members[JON].fields["sync"]["resting"].values()
    assert reason in report.remarks[JON].message
    assert (peer.failures, report.firestore_to_django.failed, peer.dirty) == ([], 1, {})

    peer.delete(JON)
    reconciler.reconcile([JON])

    assert JON not in store.members


@pytest.mark.usefixtures("agreed")
def test_a_document_that_firestore_refuses_is_a_permanent_failure(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    store.refused.add(JON)
    peer.edit(JON, name="Jón J. Jónsson")

    report = reconciler.reconcile([JON])

    assert [(failure.message, failure.permanent) for failure in report.failures] == [("too large", True)]


@pytest.mark.usefixtures("agreed")
def test_a_version_that_django_refuses_gives_nobody_up(peer: MemoryPeer, reconciler: Reconciler) -> None:
    peer.poison.update([JON, ANNA, OLI])

    with pytest.raises(TransientError):
        reconciler.reconcile([JON, ANNA, OLI])

    assert peer.failures == []


def test_what_is_no_kennitala_is_never_asked_for(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    report = reconciler.reconcile(["../members/0101701234", "", "010170-1234", "٠١٠١٧٠١٢٣٤"])

    assert report.firestore_to_django.failed == 4
    assert (store.reads, peer.apply_calls, peer.failures) == (0, [], [])


@pytest.mark.usefixtures("agreed")
def test_a_dry_run_says_what_would_happen_and_writes_nothing(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    store.edit(JON, profile__email="nytt@example.is")
    peer.edit(ANNA, name="Anna Önnudóttir")
    before = (peer.value(JON, "profile.email"), dict(peer.dirty))

    report = reconciler.reconcile([JON, ANNA, OLI], Options(dry_run=True))

    changes = {
        plan["kennitala"]: [
            (side, change["field"], change["after"])
            for side, found in plan["changes"].items()
            for change in found
        ]
        for plan in report.plan
    }
    assert changes == {
        JON: [("django", "profile.email", "nytt@example.is")],
        ANNA: [("firestore", "name", "Anna Önnudóttir")],
    }
    assert store.writes == []
    assert (peer.value(JON, "profile.email"), peer.dirty) == before


@pytest.mark.usefixtures("agreed")
def test_other_fields_of_a_document_are_kept(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler
) -> None:
    store.edit(JON, verified=True, roles=["admin"], profile__noSuchField="Nonni")
    peer.edit(JON, name="Jón J. Jónsson")

    reconciler.reconcile([JON])

    fields = store.members[JON].fields
    assert (fields["verified"], fields["roles"], fields["profile"]["noSuchField"]) == (
        True,
        ["admin"],
        "Nonni",
    )


@pytest.mark.usefixtures("agreed")
@pytest.mark.parametrize("mark", [None, "texti", {"operation": 7}, {}])
def test_a_missing_or_malformed_mark_is_no_operation(
    store: MemoryStore, peer: MemoryPeer, reconciler: Reconciler, mark: object
) -> None:
    store.edit(JON, sync=mark, profile__email="nytt@example.is")

    reconciler.reconcile([JON])

    assert peer.value(JON, "profile.email") == "nytt@example.is"
