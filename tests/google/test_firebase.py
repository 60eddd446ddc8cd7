"""Firebase is added once, and its web apps tell the SDK what it needs, through google-api-python-client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from googleapiclient.errors import HttpError

from local.google.firebase_projects import WITHOUT
from local.resource_store import Record, ResourceStore
from local.services.firebase_apps import PROJECTS, SITES
from local.services.world_program import stop_service
from local.world import World


@pytest.fixture
def bare_project(google_world: World, parent: str) -> Iterator[str]:
    """The project without Firebase."""
    store = ResourceStore(google_world)
    store.put(Record(PROJECTS, parent, {"state": WITHOUT}))
    yield parent
    store.delete(PROJECTS, parent)
    store.delete(SITES, f"{parent}/sites/{google_world.project}")
    stop_service(google_world, "hosting")


def test_nothing_of_firebase_is_made_before_it_is_added(
    discovered: Callable[[str], Any], google_world: World, bare_project: str
) -> None:
    firebase = discovered("firebase.v1beta1")
    projects, sites = firebase.projects(), discovered("firebasehosting.v1beta1").projects().sites()
    app = projects.webApps().create(parent=bare_project, body={"displayName": "Portal"})
    site = sites.create(parent=bare_project, siteId=f"{google_world.project}-2", body={})
    for early in (projects.get(name=bare_project), app, site):
        with pytest.raises(HttpError, match="Requested entity was not found"):
            early.execute()
    ended = projects.addFirebase(project=bare_project, body={}).execute()
    assert firebase.operations().get(name=ended["name"]).execute()["done"]
    found = projects.get(name=bare_project).execute()
    assert found["resources"] == {"hostingSite": google_world.project}
    default = sites.list(parent=bare_project).execute()["sites"]
    assert [each["type"] for each in default] == ["DEFAULT_SITE"]
    with pytest.raises(HttpError, match="already exists"):
        projects.addFirebase(project=bare_project, body={}).execute()


def test_an_app_tells_the_sdk_its_project(
    discovered: Callable[[str], Any], google_world: World, parent: str
) -> None:
    apps = discovered("firebase.v1beta1").projects().webApps()
    made = apps.create(parent=parent, body={"displayName": "Portal"}).execute()["response"]
    told = apps.getConfig(name=f"{made['name']}/config").execute()
    assert (told["appId"], told["projectId"]) == (made["appId"], google_world.project)
    with pytest.raises(HttpError, match="not found"):
        apps.getConfig(name=f"{parent}/webApps/1:1:web:none/config").execute()
    apps.remove(name=made["name"], body={"immediate": True}).execute()
