"""The adapter of `/members` against the real emulator."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

import pytest
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from sync.backoff import Backoff
from sync.documents import MemberWrite, TakenOver, WriteFate
from sync.failures import TransientError
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from tests.functions.doubles.memory_store import document

JON = "0101701234"
ANNA = "0202802345"
OLI = "0303903456"
NO_WAIT = Backoff(attempts=2, sleep=lambda seconds: None)


@pytest.fixture
def store(client: firestore.Client) -> FirestoreStore:
    return FirestoreStore(client, load_field_map(), NO_WAIT)


def write(kennitala: str, update_time: str | None, fields: dict[str, Any] | None = None) -> MemberWrite:
    return MemberWrite(
        kennitala,
        document(kennitala) if fields is None else fields,
        update_time,
        f"operation-of-{kennitala}",
        1,
    )


def put(client: firestore.Client, kennitala: str, **fields: Any) -> None:
    client.collection("members").document(kennitala).set(document(kennitala) | fields)


def test_all_are_read_as_of_one_moment_with_what_is_missing(
    store: FirestoreStore, client: firestore.Client
) -> None:
    put(client, JON, sync={"operation": "o"}, verified=True)
    put(client, ANNA)

    snapshot = store.read([JON, ANNA, OLI])

    members = {member.kennitala: member for member in snapshot.members}
    jon = members[JON]
    assert jon.operation == "o"
    assert jon.fields is not None
    assert jon.fields["profile"]["address"]["city"] == "Reykjavík"
    assert "verified" not in jon.fields
    assert jon.update_time is not None
    assert jon.update_time <= snapshot.read_time
    assert members[ANNA].operation is None
    assert (members[OLI].fields, members[OLI].update_time) == (None, None)


def test_a_field_that_django_does_not_state_stays(store: FirestoreStore, client: firestore.Client) -> None:
    """So an older release of Django, which does not know the field, takes nothing away."""
    put(client, JON)
    before = store.read([JON]).members[0]
    stated = document(JON, name="Jón J. Jónsson")
    del stated["profile"]["phone"], stated["profile"]["address"]["city"]

    results = store.write([write(JON, before.update_time, stated)])

    after = store.read([JON]).members[0].fields or {}
    assert results[JON].fate is WriteFate.LANDED
    assert (after["name"], after["profile"]["phone"]) == ("Jón J. Jónsson", "5551234")
    assert after["profile"]["address"]["city"] == "Reykjavík"


def test_a_write_lands_with_its_time_and_keeps_other_fields(
    store: FirestoreStore, client: firestore.Client
) -> None:
    put(client, JON, verified=True, roles=["admin"])
    before = store.read([JON]).members[0]

    changed = document(JON, name="Jón J. Jónsson", profile__phone=None)
    results = store.write([write(JON, before.update_time, changed)])

    after = store.read([JON]).members[0]
    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert results[JON].fate is WriteFate.LANDED
    assert results[JON].update_time == after.update_time
    assert (stored["name"], stored["profile"]["phone"]) == ("Jón J. Jónsson", None)
    assert (stored["verified"], stored["roles"], stored["sync"]) == (
        True,
        ["admin"],
        {"operation": f"operation-of-{JON}"},
    )
    assert stored["updatedAt"] is not None


def test_each_write_is_judged_on_its_own(store: FirestoreStore, client: firestore.Client) -> None:
    for kennitala in (JON, ANNA):
        put(client, kennitala)
    times = {member.kennitala: member.update_time for member in store.read([JON, ANNA]).members}
    put(client, ANNA, name="Hraðari")

    results = store.write([write(JON, times[JON]), write(ANNA, times[ANNA]), write(OLI, None)])

    assert {kennitala: result.fate for kennitala, result in results.items()} == {
        JON: WriteFate.LANDED,
        ANNA: WriteFate.OVERTAKEN,
        OLI: WriteFate.LANDED,
    }
    assert (client.collection("members").document(ANNA).get().to_dict() or {})["name"] == "Hraðari"


def test_what_must_not_exist_is_not_overwritten(store: FirestoreStore, client: firestore.Client) -> None:
    put(client, JON, name="Fyrir")

    assert store.write([write(JON, None)])[JON].fate is WriteFate.OVERTAKEN


def test_what_was_deleted_meanwhile_is_not_brought_back(
    store: FirestoreStore, client: firestore.Client
) -> None:
    put(client, JON)
    before = store.read([JON]).members[0]
    client.collection("members").document(JON).delete()

    assert store.write([write(JON, before.update_time)])[JON].fate is WriteFate.OVERTAKEN


def test_a_deletion_tells_the_time_of_its_commit(store: FirestoreStore, client: firestore.Client) -> None:
    put(client, JON)
    put(client, ANNA)
    jon, anna = store.read([JON, ANNA]).members
    put(client, ANNA, name="Hraðari")

    results = store.write(
        [MemberWrite(member.kennitala, None, member.update_time, "o", 1) for member in (jon, anna)]
    )

    deletion = results[JON]
    assert deletion.fate is WriteFate.LANDED
    assert jon.update_time is not None
    assert deletion.update_time is not None
    assert jon.update_time < deletion.update_time <= store.read([JON]).read_time
    assert results[ANNA].fate is WriteFate.OVERTAKEN


def test_more_than_one_request_of_writes(store: FirestoreStore) -> None:
    kennitalas = [f"{number:010}" for number in range(620)]

    results = store.write([write(kennitala, None) for kennitala in kennitalas])

    assert {result.fate for result in results.values()} == {WriteFate.LANDED}
    assert [member.kennitala for member in store.scan()] == kennitalas


def test_a_scan_that_breaks_off_goes_on_and_sees_one_moment(
    store: FirestoreStore, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_query, streams = FirestoreClient.run_query, []

    def breaks_off_after_two(*arguments: Any, **options: Any) -> Iterator[Any]:
        streams.append(options)
        yield from islice(run_query(*arguments, **options), 2)
        raise google_errors.ServiceUnavailable("reset")

    monkeypatch.setattr(FirestoreClient, "run_query", breaks_off_after_two)
    for kennitala in (JON, ANNA, OLI):
        put(client, kennitala)

    members = store.scan()
    first = next(members)
    put(client, OLI, name="Seinna")
    put(client, "0404904567")
    rest = list(islice(members, 2))

    assert [first.kennitala, *(member.kennitala for member in rest)] == [JON, ANNA, OLI]
    assert rest[-1].fields is not None
    assert rest[-1].fields["name"] == "Jón Jónsson"
    assert len(streams) == 2


def test_a_document_that_firestore_refuses_fails_alone(store: FirestoreStore) -> None:
    too_large = document(ANNA, name="x" * 1_100_000)

    results = store.write([write(JON, None), write(ANNA, None, too_large), write(OLI, None)])

    assert (results[JON].fate, results[OLI].fate) == (WriteFate.LANDED, WriteFate.LANDED)
    assert results[ANNA].fate is WriteFate.REFUSED


@pytest.mark.parametrize(
    "error",
    [
        google_errors.ServiceUnavailable("down"),
        google_errors.Aborted("x"),
        google_errors.DeadlineExceeded("x"),
    ],
)
def test_a_write_without_an_answer_is_of_unknown_fate(
    store: FirestoreStore,
    client: firestore.Client,
    monkeypatch: pytest.MonkeyPatch,
    error: google_errors.GoogleAPICallError,
) -> None:
    put(client, ANNA)
    anna = store.read([ANNA]).members[0]

    def fail(*_: Any, **__: Any) -> None:
        raise error

    monkeypatch.setattr(FirestoreClient, "batch_write", fail)
    monkeypatch.setattr(FirestoreClient, "commit", fail)
    results = store.write([write(JON, None), MemberWrite(ANNA, None, anna.update_time, "o", 1)])

    assert {result.fate for result in results.values()} == {WriteFate.UNKNOWN}


def test_a_commit_that_others_stand_in_the_way_of_is_taken_apart(
    store: FirestoreStore, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(client, ANNA)
    commit = FirestoreClient.commit

    def abort_if_many(*arguments: Any, **options: Any) -> Any:
        if len(arguments[1].writes) > 1:
            raise google_errors.Aborted("contention")
        return commit(*arguments, **options)

    anna = store.read([ANNA]).members[0]
    monkeypatch.setattr(FirestoreClient, "commit", abort_if_many)
    results = store.write([write(JON, None), MemberWrite(ANNA, None, anna.update_time, "o", 1)])

    assert {result.fate for result in results.values()} == {WriteFate.LANDED}
    assert [member.kennitala for member in store.scan()] == [JON]


def test_a_database_that_is_down_is_a_passing_failure(
    store: FirestoreStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise google_errors.ServiceUnavailable("down")

    monkeypatch.setattr(FirestoreClient, "batch_get_documents", fail)
    monkeypatch.setattr(FirestoreClient, "run_query", fail)

    with pytest.raises(TransientError):
        store.read([JON])
    with pytest.raises(TransientError):
        next(store.scan())


def test_a_corrected_kennitala_is_one_commit(store: FirestoreStore, client: firestore.Client) -> None:
    put(client, JON, verified=True, roles=["admin"], sync={"operation": "o"}, editTimes={"3": "then"})
    old = store.read([JON]).members[0]
    move = replace(write(OLI, None), takes_over=(TakenOver(JON, str(old.update_time)),))

    results = store.write([move])

    members = {member.id: member.to_dict() or {} for member in client.collection("members").stream()}
    assert results[OLI].fate is WriteFate.LANDED
    assert [*members] == [OLI]
    assert members[OLI]["kennitala"] == OLI
    assert (members[OLI]["verified"], members[OLI]["roles"]) == (True, ["admin"])
    assert members[OLI]["movedFrom"] == [JON]
    assert members[OLI]["editTimes"] == {"3": "then"}
    assert members[OLI]["sync"] == {"operation": move.operation}
    assert results[OLI].update_time == store.read([OLI]).members[0].update_time


def test_nothing_lands_if_the_old_document_has_changed(
    store: FirestoreStore, client: firestore.Client
) -> None:
    put(client, JON)
    old = store.read([JON]).members[0]
    put(client, JON, verified=True)

    results = store.write([replace(write(OLI, None), takes_over=(TakenOver(JON, str(old.update_time)),))])

    assert results[OLI].fate is WriteFate.OVERTAKEN
    assert [member.id for member in client.collection("members").stream()] == [JON]


def test_a_replayed_move_does_nothing(store: FirestoreStore, client: firestore.Client) -> None:
    put(client, JON)
    old = store.read([JON]).members[0]
    move = replace(write(OLI, None), takes_over=(TakenOver(JON, str(old.update_time)),))

    fates = [store.write([move])[OLI].fate for _ in range(2)]

    assert fates == [WriteFate.LANDED, WriteFate.OVERTAKEN]


def test_two_entries_become_one(store: FirestoreStore, client: firestore.Client) -> None:
    put(client, JON, verified=True, roles=["admin"], lastEdit="old")
    put(client, OLI, roles=["superuser"], lastEdit="new")
    times = {member.kennitala: member.update_time for member in store.read([JON, OLI]).members}
    move = replace(write(OLI, times[OLI]), takes_over=(TakenOver(JON, str(times[JON])),))

    assert store.write([move])[OLI].fate is WriteFate.LANDED

    kept = client.collection("members").document(OLI).get().to_dict() or {}
    assert (kept["verified"], kept["roles"]) == (True, ["superuser", "admin"])
    assert (kept["lastEdit"], kept["movedFrom"]) == ("new", [JON])
    assert not client.collection("members").document(JON).get().exists


def test_who_is_deleted_at_the_new_number_is_gone_at_the_old_one(
    store: FirestoreStore, client: firestore.Client
) -> None:
    put(client, JON)
    old = store.read([JON]).members[0]
    gone = MemberWrite(OLI, None, None, "o", 1, takes_over=(TakenOver(JON, str(old.update_time)),))

    assert store.write([gone])[OLI].fate is WriteFate.LANDED

    assert [*client.collection("members").stream()] == []
