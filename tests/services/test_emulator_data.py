"""The emulators' data is there again after a restart."""

from __future__ import annotations

import httpx
import pytest

from local.services.firestore_rules import released_rules
from local.world import World
from tests.services.declarations import PROJECT, Declarations
from tests.services.running_services import RunningServices

PATIENCE = 30.0
OWNER = {"Authorization": "Bearer owner"}
OPEN = "service cloud.firestore { match /databases/{database}/documents { match /{x=**} { allow read; } } }"


def document(world: World, path: str, database: str = "(default)") -> str:
    return f"{world.url('firestore')}/v1/projects/{PROJECT}/databases/{database}/documents/{path}"


def accounts(world: World) -> str:
    return f"{world.url('auth')}/identitytoolkit.googleapis.com/v1/projects/{PROJECT}/accounts"


def release_rules(declared: Declarations, source: str, database: str = "") -> None:
    ruleset = f"projects/{PROJECT}/rulesets/1{database.strip('/')}"
    files = {"files": [{"name": "firestore.rules", "content": source}]}
    declared.record("firebaserules.rulesets", ruleset, {"source": files})
    release = f"projects/{PROJECT}/releases/cloud.firestore{database}"
    declared.record("firebaserules.releases", release, {"rulesetName": ruleset})


@pytest.mark.usefixtures("firestore")
def test_documents_and_rules_are_there_after_a_restart(
    running_world: World, declared: Declarations, services: RunningServices
) -> None:
    body = {"fields": {"name": {"stringValue": "Ásta"}}}
    httpx.patch(
        document(running_world, "members/kept"), json=body, headers=OWNER, timeout=PATIENCE
    ).raise_for_status()
    assert httpx.get(document(running_world, "members/kept"), timeout=PATIENCE).status_code == 403
    release_rules(declared, OPEN)
    services.stop("firestore")
    services.start("firestore")
    found = httpx.get(document(running_world, "members/kept"), timeout=PATIENCE).raise_for_status()
    assert found.json()["fields"] == body["fields"]


@pytest.mark.usefixtures("firestore")
def test_every_database_is_there_after_a_restart(
    running_world: World, declared: Declarations, services: RunningServices
) -> None:
    """Without the confirmed roles nobody would be staff after `make down` and `make up`."""
    databases = ("(default)", "rights", "login-limits", "empty")
    for database in databases:
        name = f"projects/{PROJECT}/databases/{database}"
        declared.record("firestore.databases", name, {"name": name})
    for database in databases[:3]:
        body = {"fields": {"in": {"stringValue": database}}}
        for path in ("roles/kept", "roles/kept/below/kept"):
            httpx.patch(
                document(running_world, path, database), json=body, headers=OWNER, timeout=PATIENCE
            ).raise_for_status()

    services.stop("firestore")
    services.start("firestore")

    for database in databases[:3]:
        for path in ("roles/kept", "roles/kept/below/kept"):
            found = httpx.get(document(running_world, path, database), headers=OWNER, timeout=PATIENCE)
            assert found.json()["fields"] == {"in": {"stringValue": database}}
    empty = document(running_world, "roles", "empty")
    assert httpx.get(empty, headers=OWNER, timeout=PATIENCE).json() == {}


@pytest.mark.usefixtures("firestore")
def test_a_restart_removes_what_has_expired_and_nothing_that_is_pending(
    running_world: World, declared: Declarations, services: RunningServices
) -> None:
    field = f"projects/{PROJECT}/databases/(default)/collectionGroups/sync_queue/fields/expiresAt"
    declared.record("firestore.fields", field, {"name": field, "ttlConfig": {}})
    entries = {
        "settled": {"expiresAt": {"timestampValue": "2020-01-01T00:00:00Z"}},
        "recent": {"expiresAt": {"timestampValue": "2999-01-01T00:00:00Z"}},
        "pending": {"status": {"stringValue": "pending"}},
    }
    for name, fields in entries.items():
        address = document(running_world, f"sync_queue/{name}")
        httpx.patch(address, json={"fields": fields}, headers=OWNER, timeout=PATIENCE).raise_for_status()

    services.stop("firestore")
    services.start("firestore")

    found = [
        httpx.get(document(running_world, f"sync_queue/{name}"), headers=OWNER, timeout=PATIENCE)
        for name in entries
    ]
    assert [answer.status_code for answer in found] == [404, 200, 200]


@pytest.mark.usefixtures("firestore")
def test_without_released_rules_nobody_gets_in(running_world: World, services: RunningServices) -> None:
    services.stop("firestore")
    services.start("firestore")
    assert httpx.get(document(running_world, "members/kept"), timeout=PATIENCE).status_code == 403


@pytest.mark.usefixtures("firestore")
def test_a_killed_emulator_leaves_no_process_and_its_last_copy(
    running_world: World, services: RunningServices
) -> None:
    body = {"fields": {"n": {"integerValue": "1"}}}
    httpx.patch(
        document(running_world, "members/copied"), json=body, headers=OWNER, timeout=PATIENCE
    ).raise_for_status()
    services.stop("firestore")
    services.start("firestore")
    services.kill("firestore")
    services.start("firestore")
    assert httpx.get(document(running_world, "members/copied"), headers=OWNER, timeout=PATIENCE).is_success


def test_each_database_has_the_rules_that_are_released_for_it(quiet_world: World) -> None:
    """A database without a release is closed."""
    here = Declarations(quiet_world)
    assert "allow read;" not in released_rules(quiet_world)
    release_rules(here, OPEN)
    release_rules(here, OPEN.replace("read", "write"), "/login-limits")
    rules = released_rules(quiet_world)
    for database, allowed in (("(default)", "read"), ("login-limits", "write")):
        match = f"match /databases/{database}/documents {{ match /{{x=**}} {{ allow {allowed}; }} }}"
        assert rules.count(match) == 1
    assert rules.count("allow ") == 3


@pytest.mark.usefixtures("firestore")
def test_rules_that_open_one_database_leave_the_other_closed(
    running_world: World, declared: Declarations, services: RunningServices
) -> None:
    release_rules(declared, OPEN)
    services.stop("firestore")
    services.start("firestore")
    other = document(running_world, "members/any").replace("(default)", "login-limits")
    assert httpx.get(document(running_world, "members/any"), timeout=PATIENCE).status_code == 404
    assert httpx.get(other, timeout=PATIENCE).status_code == 403


def test_accounts_and_their_claims_are_there_after_a_restart(
    running_world: World, services: RunningServices
) -> None:
    services.start("auth")
    user = {"localId": "kenni:abc", "displayName": "Ásta"}
    httpx.post(accounts(running_world), json=user, headers=OWNER, timeout=PATIENCE).raise_for_status()
    claims = {"localId": "kenni:abc", "customAttributes": '{"isMember": true}'}
    httpx.post(
        f"{accounts(running_world)}:update", json=claims, headers=OWNER, timeout=PATIENCE
    ).raise_for_status()
    services.stop("auth")
    services.start("auth")
    found = httpx.post(
        f"{accounts(running_world)}:lookup", json={"localId": ["kenni:abc"]}, headers=OWNER, timeout=PATIENCE
    )
    assert found.json()["users"][0]["customAttributes"] == claims["customAttributes"]
    saved = running_world.state / "auth-data" / "accounts.json"
    assert saved.stat().st_mode & 0o077 == 0


def test_an_emulator_without_accounts_comes_back_too(running_world: World, services: RunningServices) -> None:
    services.start("auth")
    url = f"{running_world.url('auth')}/emulator/v1/projects/{PROJECT}/accounts"
    httpx.delete(url, headers=OWNER, timeout=PATIENCE).raise_for_status()
    services.stop("auth")
    services.start("auth")
    found = httpx.post(
        f"{accounts(running_world)}:lookup", json={"localId": ["x"]}, headers=OWNER, timeout=PATIENCE
    )
    assert "users" not in found.json()
