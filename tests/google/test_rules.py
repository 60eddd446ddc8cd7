"""Rules are released, changed in place and taken away through google-api-python-client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from local.resource_store import Record, ResourceStore
from local.services.firestore_rules import DATABASES
from local.world import World
from tests.services.running_services import RunningServices

OPEN = "rules_version = '2'; service cloud.firestore { match /databases/{database}/documents { %s } }"
READABLE = OPEN % "match /open/{id} { allow read; }"
CLOSED = OPEN % "match /open/{id} { allow read: if false; }"


@pytest.fixture
def database(google_world: World) -> Iterator[str]:
    """The default database, and the emulator behind it."""
    name = f"projects/{google_world.project}/databases/(default)"
    store = ResourceStore(google_world)
    store.put(Record(DATABASES, name, {"name": name}))
    services = RunningServices(google_world)
    services.start("firestore")
    yield name
    services.stop_all()
    store.delete(DATABASES, name)


def status_of_read(world: World, database: str) -> int:
    """What a person without any right is answered."""
    url = f"{world.url('firestore')}/v1/{database}/documents/open/one"
    return httpx.get(url, trust_env=False, timeout=30).status_code


def test_a_release_is_changed_without_a_gap(
    discovered: Callable[[str], Any], google_world: World, database: str, parent: str
) -> None:
    projects = discovered("firebaserules.v1").projects()
    before = projects.rulesets().list(name=parent).execute()

    def ruleset(text: str) -> str:
        files = {"files": [{"name": "firestore.rules", "content": text}]}
        return str(projects.rulesets().create(name=parent, body={"source": files}).execute()["name"])

    first, second, broken = ruleset(READABLE), ruleset(CLOSED), ruleset(OPEN % "match")
    name = f"{parent}/releases/cloud.firestore"
    projects.releases().create(name=parent, body={"name": name, "rulesetName": first}).execute()
    assert status_of_read(google_world, database) == 404
    with pytest.raises(HttpError, match="already exists"):
        projects.releases().create(name=parent, body={"name": name, "rulesetName": first}).execute()

    body = {"release": {"name": name, "rulesetName": broken}}
    with pytest.raises(HttpError, match="do not compile"):
        projects.releases().patch(name=name, body=body).execute()
    assert projects.releases().get(name=name).execute()["rulesetName"] == first
    assert status_of_read(google_world, database) == 404

    body["release"]["rulesetName"] = second
    projects.releases().patch(name=name, body=body).execute()
    assert status_of_read(google_world, database) == 403
    with pytest.raises(HttpError, match="referenced"):
        projects.rulesets().delete(name=second).execute()
    projects.releases().delete(name=name).execute()
    for each in (first, second, broken):
        projects.rulesets().delete(name=each).execute()
    assert projects.rulesets().list(name=parent).execute() == before
