"""Whoever lost a right can use it no more: with Firebase's Auth emulator, and tokens of before."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import httpx
import pytest
from firebase_admin import auth
from firebase_admin.exceptions import InvalidArgumentError
from google.cloud import firestore
from google.events.cloud.firestore import ArrayValue, Document, DocumentEventData, MapValue, Value

from members import deployed, user_pages
from members.membership import LOGINS
from members.user_pages import UserPages
from runtime import clients
from tests.functions.auth_emulator import PROJECT, Browser
from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.oidc import CODE, NONCE, VERIFIER, OidcProvider
from tests.functions.entry_points.calls import Serve, call, id_token, member_event, put
from tests.host.waiting import wait_until

LOGIN = {"kenniAuthCode": CODE, "pkceCodeVerifier": VERIFIER, "nonce": NONCE}
UID = "kenni:subject-of-this-client"
LEFT = {"status": "left", "joined": "2019-01-06T16:43:47Z", "djangoId": 1}


@pytest.fixture
def project(emulator: str, auth_emulator: str, environment: pytest.MonkeyPatch) -> str:
    """The Auth emulator's project, empty in both emulators."""
    environment.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    environment.setenv("GCP_PROJECT", PROJECT)
    databases = ("(default)", clients.ERASED_DATABASE, clients.RIGHTS_DATABASE)
    emptied = [(emulator, f"databases/{database}/documents") for database in databases]
    for address, what in (*emptied, (auth_emulator, "accounts")):
        url = f"http://{address}/emulator/v1/projects/{PROJECT}/{what}"
        httpx.delete(url, headers={"Authorization": "Bearer owner"}).raise_for_status()
    return PROJECT


@pytest.fixture
def staff(
    serve: Serve,
    provider: OidcProvider,
    client: firestore.Client,
    auth_emulator: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Browser:
    """Jón, who is an administrator, logged in."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
    put(client, JON, roles=["admin"])
    answer = serve("handle_kenni_auth").post("/", json=LOGIN)
    assert answer.status_code == 200, answer.json
    return Browser(auth_emulator, (answer.json or {})["customToken"])


def written(rights: dict[str, Any] | None) -> Document | None:
    if rights is None:
        return None
    roles = ArrayValue(values=[Value(string_value=role) for role in rights["roles"]])
    standing = MapValue(fields={"status": Value(string_value=rights["status"])})
    fields = {"roles": Value(array_value=roles), "membership": Value(map_value=standing)}
    return Document(name=f"projects/p/databases/(default)/documents/members/{JON}", fields=fields)


ADMIN = {"roles": ["admin"], "status": "active"}


def claims() -> dict[str, Any]:
    return auth.get_user(UID, app=clients.firebase_app()).custom_claims or {}


def valid_since() -> float:
    """Since when the user's sessions hold, in seconds; Firebase keeps whole ones."""
    user = auth.get_user(UID, app=clients.firebase_app())
    return float(user.tokens_valid_after_timestamp) / 1000


@contextmanager
def revoking() -> Iterator[None]:
    """Sessions of before do not hold afterwards.

    The emulator only keeps that moment; it is Google's token service that refuses such a refresh token.
    """
    before = valid_since()
    wait_until(lambda: time.time() >= before + 1, "a later second")
    yield
    assert valid_since() > before


def deliver(serve: Serve, before: dict[str, Any] | None, after: dict[str, Any] | None) -> None:
    """A write to Jón's document by the sync: roles and status before and after."""
    event = DocumentEventData(old_value=written(before), value=written(after))
    headers, body = member_event(JON, event)
    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200


@pytest.mark.parametrize(
    ("change", "after", "roles"),
    [
        ({"roles": []}, {"roles": [], "status": "active"}, ["member"]),
        ({"membership": LEFT}, {"roles": ["admin"], "status": "left"}, []),
        ({"membership": LEFT | {"status": "suspended"}}, {"roles": ["admin"], "status": "suspended"}, []),
    ],
    ids=["role taken away", "left", "suspended"],
)
def test_a_change_of_rights_ends_the_session_and_changes_the_claims(
    serve: Serve,
    staff: Browser,
    client: firestore.Client,
    django: MemoryPeer,
    change: dict[str, Any],
    after: dict[str, Any],
    roles: list[str],
) -> None:
    assert staff.roles_after_refresh() == ["member", "admin"]
    client.collection("members").document(JON).update(change)

    with revoking():
        deliver(serve, ADMIN, after)

    assert claims() == {"kennitala": JON, "roles": roles, "isMember": bool(roles)}
    assert staff.roles_after_refresh() == roles


def test_a_role_that_is_gained_is_in_the_next_token_of_the_same_session(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    before = valid_since()
    put(client, JON, roles=["admin", "superuser"])

    deliver(serve, ADMIN, ADMIN | {"roles": ["admin", "superuser"]})

    assert staff.roles_after_refresh() == ["member", "admin", "superuser"]
    assert valid_since() == before


def test_a_role_that_is_exchanged_for_another_ends_the_session(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    put(client, JON, roles=["superuser"])

    with revoking():
        deliver(serve, ADMIN, ADMIN | {"roles": ["superuser"]})

    assert claims()["roles"] == ["member", "superuser"]


def test_whoever_is_erased_has_no_user_any_more(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    client.collection("members").document(JON).delete()

    deliver(serve, ADMIN, None)

    with pytest.raises(auth.UserNotFoundError):
        claims()
    assert staff.refresh().status_code == 400
    assert not client.collection(LOGINS).document(UID).get().exists


def test_an_edit_of_a_detail_leaves_the_session_alone(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    before = valid_since()

    deliver(serve, ADMIN, ADMIN)

    assert valid_since() == before


def test_a_late_event_acts_on_what_is_true_now(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    """The event says that the role went; meanwhile it was given back."""
    deliver(serve, ADMIN, {"roles": [], "status": "active"})

    assert claims()["roles"] == ["member", "admin"]


def test_the_full_run_finds_what_no_event_told(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    client.collection("members").document(JON).update({"roles": []})

    with revoking():
        answer = serve("bidirectional_sync").post("/", json={"mode": "full"})

    assert (answer.json or {})["rights_renewed"] == 1
    assert claims()["roles"] == ["member"]
    assert (serve("bidirectional_sync").post("/", json={"mode": "full"}).json or {})["rights_renewed"] == 0


def test_a_dry_run_takes_nothing_from_anybody(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    client.collection("members").document(JON).update({"roles": []})

    serve("bidirectional_sync").post("/", json={"mode": "full", "dry_run": True})

    assert claims()["roles"] == ["member", "admin"]


def test_a_user_of_before_logins_were_remembered_is_found_by_its_claims(
    serve: Serve, staff: Browser, client: firestore.Client, django: MemoryPeer
) -> None:
    client.collection(LOGINS).document(UID).delete()
    client.collection("members").document(JON).update({"roles": []})

    answer = serve("bidirectional_sync").post("/", json={"mode": "full"})

    assert (answer.json or {})["rights_renewed"] == 1


def test_a_run_without_time_goes_on_where_the_last_one_ended(
    project: str, client: firestore.Client, monkeypatch: pytest.MonkeyPatch, auth_emulator: str
) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
    rights = deployed.rights()
    for uid in ("a", "b", "c"):
        auth.create_user(uid=uid, app=clients.firebase_app())
        auth.set_custom_user_claims(uid, STALE, app=clients.firebase_app())
    pages = UserPages(clients.rights_client(), clients.firebase_app(), size=1)

    runs = [replace(rights, users=pages).renew_all(seconds=0) for _ in range(3)]

    assert runs == [1, 1, 1]
    assert auth.list_users(app=clients.firebase_app()).users == []


def test_a_place_that_google_no_longer_knows_begins_at_the_first_user(
    project: str, monkeypatch: pytest.MonkeyPatch, auth_emulator: str
) -> None:
    """The Auth emulator takes any place; Google answers INVALID_PAGE_SELECTION, which the SDK raises so."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
    auth.create_user(uid="a", app=clients.firebase_app())
    emulated = auth.list_users

    def list_users(page_token: str | None, **options: Any) -> auth.ListUsersPage:
        if page_token:
            raise InvalidArgumentError("INVALID_PAGE_SELECTION")
        return emulated(page_token, **options)

    monkeypatch.setattr(auth, "list_users", list_users)
    pages = UserPages(clients.rights_client(), clients.firebase_app())
    place = clients.rights_client().collection(user_pages.COLLECTION).document(user_pages.DOCUMENT)
    place.set({"pageToken": "a place of long ago"})

    assert [[user.uid for user in page] for page in pages.within(60)] == [["a"]]


STALE: dict[str, Any] = {"kennitala": JON, "roles": ["member", "admin"], "isMember": True}
"""The claims of a token that was made while Jón was an administrator."""


@pytest.mark.parametrize("lost", [{"roles": []}, {"membership": LEFT}, None], ids=["role", "left", "erased"])
def test_a_token_of_before_edits_nobody_else(
    serve: Serve, project: str, client: firestore.Client, lost: dict[str, Any] | None
) -> None:
    put(client, ANNA)
    put(client, JON, roles=["admin"])
    order = {"kennitala": ANNA, "updates": {"name": "Anna Önnudóttir"}}
    assert call(serve("updatememberprofile"), order, id_token(project, **STALE)).status_code == 200
    document = client.collection("members").document(JON)
    if lost is None:
        document.delete()
    else:
        document.update(lost)

    assert call(serve("updatememberprofile"), order, id_token(project, **STALE)).status_code == 403


def test_a_token_of_before_runs_no_sync(
    serve: Serve, project: str, client: firestore.Client, django: MemoryPeer
) -> None:
    put(client, JON, roles=["admin"])
    assert call(serve("syncmembers"), {}, id_token(project, **STALE)).status_code == 200
    client.collection("members").document(JON).update({"membership": LEFT})

    assert call(serve("syncmembers"), {}, id_token(project, **STALE)).status_code == 403
