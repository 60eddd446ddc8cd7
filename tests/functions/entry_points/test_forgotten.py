"""A person who is erased is found nowhere in the cloud: every collection is searched, and Auth."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import Mock, patch

import pytest
from firebase_admin import auth
from firebase_admin.exceptions import UnavailableError
from google.api_core import exceptions as google_errors
from google.cloud import firestore

from members.forgetting import Forgetting
from members.rights import Rights
from runtime import clients
from sync.erased_keys import ERASED_KEYS
from sync.failures import TransientError
from sync.order import Order
from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.doubles.oidc import CODE, OidcProvider
from tests.functions.entry_points.calls import Serve, confirmed, put
from tests.functions.entry_points.test_held import as_operator
from tests.functions.entry_points.test_rights import LOGIN, UID, project

__all__ = ["project"]
NEW = "0101709999"
VALUES = {
    "name": "Gleymdur Einstakur",
    "email": "gleymdur@example.is",
    "note": "Vergessenweg",
    "asked": "Gleymskugata 7",
    "kennitala": JON,
}
LATER = 16 * 60
"""Seconds after which no worker can hold what it read before an erasure."""


def opened(client: firestore.Client, database: str) -> firestore.Client:
    """A database, reached as directly as the client's own."""
    with patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=client._emulator_host):
        return firestore.Client(project=client.project, database=database)


def everything(client: firestore.Client) -> Iterator[tuple[str, str]]:
    """Path and content of each document of each database, however deep it lies."""
    for database in ("(default)", clients.RIGHTS_DATABASE, clients.ERASED_DATABASE, "login-limits"):
        for reference in _documents(opened(client, database)):
            yield reference.path, f"{reference.path} {reference.get().to_dict()}"


def _documents(place: Any) -> Iterator[Any]:
    """Each document of a database, or beneath a document, however deep it lies."""
    for collection in place.collections():
        for reference in collection.list_documents():
            yield reference
            yield from _documents(reference)


def back_up(client: firestore.Client) -> Callable[[], None]:
    """Keep each document of the members' database; what is returned makes them exactly these again."""
    kept = {it: it.get().to_dict() for it in _documents(client)}

    def restore() -> None:
        for reference in [*_documents(client)]:
            reference.delete()
        for reference, fields in kept.items():
            if fields is not None:
                reference.set(fields)

    return restore


def found(client: firestore.Client) -> list[str]:
    """The documents that still name the person, or hold a value of theirs."""
    return [path for path, content in everything(client) if any(it in content for it in VALUES.values())]


@pytest.fixture
def named(
    serve: Serve,
    provider: OidcProvider,
    client: firestore.Client,
    django: MemoryPeer,
    auth_emulator: str,
    monkeypatch: pytest.MonkeyPatch,
) -> MemoryPeer:
    """Jón is named wherever the cloud can name somebody."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
    django.put(document(JON, name=VALUES["name"], profile__email=VALUES["email"]))
    assert serve("bidirectional_sync").post("/", json={}).status_code == 200
    member = client.collection("members").document(JON)
    member.update({"note": VALUES["note"], "roles": ["admin"]})
    member.collection("notes").document("1").set({"text": VALUES["note"]})
    confirmed(client).add(JON, "admin")
    provider.codes = {CODE}
    assert serve("handle_kenni_auth").post("/", json=LOGIN).status_code == 200
    changes = {"profile.address.street": VALUES["asked"]}
    for status in ("pending", "synced", "failed"):
        entry = {"kennitala": JON, "target": "django", "status": status, "changes": changes}
        client.collection("sync_queue").add(entry | {"createdAt": firestore.SERVER_TIMESTAMP})
    for people in ({"kennitala": JON, "by": ANNA}, {"kennitala": ANNA, "by": JON}):
        client.collection("role_changes").add(people | {"before": [], "after": ["admin"]})
    assert len(found(client)) == 9, found(client)
    return django


@pytest.fixture
def erased(named: MemoryPeer) -> MemoryPeer:
    """And then the register erases him."""
    erase(named, JON)
    return named


def erase(django: MemoryPeer, kennitala: str) -> None:
    """As staff do, under each number that the person had."""
    for number in django.stores.records.forget([kennitala]):
        django.stores.erasures.order(number)


def run(serve: Serve, **order: Any) -> dict[str, Any]:
    answer = serve("bidirectional_sync").post("/", json=order)
    assert answer.status_code == 200, answer.json
    return dict(answer.json or {})


def test_no_collection_and_no_user_names_who_was_erased(
    serve: Serve, client: firestore.Client, erased: MemoryPeer
) -> None:
    assert run(serve)["forgotten"] == 1

    assert found(client) == []
    with pytest.raises(auth.UserNotFoundError):
        auth.get_user(UID, app=clients.firebase_app())
    keys = [*opened(client, clients.ERASED_DATABASE).collection(ERASED_KEYS).stream()]
    assert [JON in f"{it.id} {it.to_dict()}" for it in keys] == [False, False]  # The other one is of the key.


@pytest.mark.parametrize("carried", [False, True], ids=["before rights are carried over", "after it"])
def test_who_was_corrected_is_forgotten_under_each_number(
    serve: Serve, client: firestore.Client, named: MemoryPeer, carried: bool
) -> None:
    named.stores.register.renumber(JON, NEW)
    run(serve, mode="full" if carried else "pending")
    corrected = client.collection("members").document(NEW).get().to_dict() or {}
    assert (corrected["note"], "movedFrom" in corrected) == (VALUES["note"], not carried)
    erase(named, NEW)

    assert run(serve)["forgotten"] == 2

    assert found(client) == []
    assert not any(NEW in content for _, content in everything(client))
    with pytest.raises(auth.UserNotFoundError):
        auth.get_user(UID, app=clients.firebase_app())
    assert len([*opened(client, clients.ERASED_DATABASE).collection(ERASED_KEYS).stream()]) == 3


def test_the_register_forgets_the_person_once_no_worker_can_bring_them_back(
    serve: Serve, client: firestore.Client, erased: MemoryPeer
) -> None:
    run(serve)
    assert erased.tables.erasures.keys() == {JON}
    erased.pass_time(LATER)
    run(serve)
    tables = erased.tables
    assert [tables.erasures, tables.shadows, tables.intents, tables.queue] == [{}, {}, {}, []]
    assert run(serve, mode="full")["drift"]["differences"] == 0


def test_a_document_that_a_restore_brings_back_goes_again(
    serve: Serve, client: firestore.Client, erased: MemoryPeer
) -> None:
    for _ in range(2):
        run(serve)
        erased.pass_time(LATER)
    put(client, JON, name=VALUES["name"])

    result = run(serve, mode="full")

    assert result["drift"]["repaired"] == 1
    assert not client.collection("members").document(JON).get().exists
    assert JON not in erased.tables.members


@pytest.mark.parametrize("was_deleted", [False, True], ids=["a member then", "no member any more then"])
def test_a_firestore_that_is_restored_forgets_them_again(
    serve: Serve, client: firestore.Client, named: MemoryPeer, was_deleted: bool
) -> None:
    """Every collection is as it was before the erasure; only the list of erased keys is not."""
    if was_deleted:
        named.delete(JON)
        run(serve)
    restore = back_up(client)
    erase(named, JON)
    for _ in range(2):
        run(serve)
        named.pass_time(LATER)
    assert found(client) == []

    restore()
    assert found(client)
    assert run(serve)["status"] == "stopped"
    decided = serve("operatordecision").post("/", json={"restored": "firestore"}, headers=as_operator())
    assert decided.status_code == 200, decided.json
    run(serve)

    assert found(client) == []


def test_whoever_joins_again_waits_for_staff_and_then_has_a_new_document(
    serve: Serve, client: firestore.Client, erased: MemoryPeer
) -> None:
    run(serve)
    erased.put(document(JON, name="Kominn Aftur"))
    assert run(serve)["held"] == 1
    assert not client.collection("members").document(JON).get().exists

    assert erased.stores.erasures.let_in(JON)
    run(serve)

    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert stored["name"] == "Kominn Aftur"
    assert stored["sync"]["erasure"] == erased.tables.erasures[JON].erasure


@pytest.mark.parametrize(
    ("part", "method", "error"),
    [
        (Forgetting, "_remove_document", TransientError("no answer")),
        (Rights, "renew", google_errors.RetryError("no answer", None)),
        (Rights, "_user", UnavailableError("no answer")),
        (firestore.DocumentReference, "collections", google_errors.ServiceUnavailable("no answer")),
    ],
    ids=["at the document", "at the rights", "at the users", "beneath the document"],
)
def test_an_order_that_fails_waits_for_the_next_run(
    serve: Serve,
    erased: MemoryPeer,
    monkeypatch: pytest.MonkeyPatch,
    part: type,
    method: str,
    error: Exception,
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(part, method, Mock(side_effect=error))
        assert run(serve)["forgotten"] == 0
    assert erased.tables.erasures[JON].listed is None
    assert run(serve)["forgotten"] == 1


def test_a_register_that_was_set_back_has_nobody_forgotten(
    serve: Serve, client: firestore.Client, erased: MemoryPeer
) -> None:
    """Its orders may be old: the person may have joined again since."""
    client.collection("sync_state").document("epoch").set({"sync": {"line": "another", "number": 99}})
    result = run(serve)
    assert (result["status"], "forgotten" in result) == ("stopped", False)
    assert erased.tables.erasures[JON].listed is None


def test_a_dry_run_forgets_nobody(serve: Serve, erased: MemoryPeer) -> None:
    assert "forgotten" not in run(serve, dry_run=True)
    assert Order().dry_run is False
    assert erased.tables.erasures[JON].listed is None
