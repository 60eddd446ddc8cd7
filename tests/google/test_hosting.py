"""A site is released through google-api-python-client, as Firebase's own tools do it, and visitors see it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from local.google.frame.access_tokens import issue
from local.resource_store import ResourceStore
from local.services.firebase_apps import SITES
from local.services.hosted_site import HostedSite
from local.services.signing_key import key_of
from local.services.world_program import stop_service
from local.world import World

from .conftest import bearer
from .site_release import FALLBACK, packed, release_site

PAGES = {"/index.html": b"<title>first</title>", "/app.js": b"export {};"}


@pytest.fixture
def projects(discovered: Callable[[str], Any]) -> Any:
    return discovered("firebasehosting.v1beta1").projects()


@pytest.fixture
def site(google_world: World, projects: Any, parent: str) -> Iterator[str]:
    """The default site, which Google never deletes."""
    name = f"{parent}/sites/{google_world.project}"
    made = projects.sites().create(parent=parent, siteId=google_world.project, body={}).execute()
    assert (made["name"], made["type"]) == (name, "DEFAULT_SITE")
    yield name
    stop_service(google_world, "hosting")
    ResourceStore(google_world).delete(SITES, name)


def test_a_site_is_released_twice_and_rolled_back(projects: Any, site: str, google_world: World) -> None:
    url = projects.sites().get(name=site).execute()["defaultUrl"]
    earlier = projects.sites().versions().list(parent=site).execute().get("versions", [])
    first = release_site(projects, site, PAGES)
    assert httpx.get(f"{url}/any/page", trust_env=False).text == "<title>first</title>"
    within = f"{site.partition('/sites/')[0]}/{first['version']['name']}"
    files = projects.sites().versions().files()
    listed = files.list(parent=within, status="ACTIVE", pageSize=1).execute()
    assert (len(listed["files"]), "nextPageToken" in listed) == (1, True)
    second = release_site(projects, site, {"/index.html": b"<title>second</title>"})
    assert httpx.get(url, trust_env=False).text == "<title>second</title>"

    releases = projects.sites().releases()
    newest = releases.list(parent=site, pageSize=1).execute()
    assert [each["name"] for each in newest["releases"]] == [second["name"]]
    older = releases.list(parent=site, pageToken=newest["nextPageToken"]).execute()
    assert [each["name"] for each in older["releases"]] == [first["name"]]
    assert releases.get(name=f"{site}/releases/{first['name'].rsplit('/', 1)[-1]}").execute() == first
    versions = projects.sites().versions().list(parent=site).execute()["versions"]
    names = [each["name"] for each in versions if each not in earlier]
    assert names == [second["version"]["name"], first["version"]["name"]]
    live = projects.sites().channels().get(name=f"{site}/channels/live").execute()
    assert (live["url"], live["release"]["name"]) == (url, second["name"])

    body = {"type": "ROLLBACK"}
    back = releases.create(parent=site, versionName=first["version"]["name"], body=body).execute()
    assert back["type"] == "ROLLBACK"
    assert httpx.get(url, trust_env=False).text == "<title>first</title>"


def test_an_open_version_is_changed_by_its_mask(projects: Any, site: str) -> None:
    versions = projects.sites().versions()
    body = {"config": FALLBACK, "labels": {"of": "a-test"}, "status": "CREATED"}
    made = versions.create(parent=site, body=body).execute()
    within = f"{site.partition('/sites/')[0]}/{made['name']}"
    change = {"config": {"cleanUrls": True}, "labels": {"never": "sent"}, "status": "FINALIZED"}
    opened = versions.patch(name=within, updateMask="config.cleanUrls", body=change).execute()
    assert (opened["config"], opened["status"]) == ({**FALLBACK, "cleanUrls": True}, "CREATED")
    with pytest.raises(HttpError, match="immutable field: createTime"):
        versions.patch(name=within, updateMask="createTime", body={}).execute()
    with pytest.raises(HttpError, match="DELETED"):
        versions.patch(name=within, updateMask="status", body={"status": "DELETED"}).execute()
    closed = versions.patch(name=within, updateMask="status,config", body=change).execute()
    assert (closed["config"], closed["labels"]) == (change["config"], body["labels"])
    with pytest.raises(HttpError, match="is closed"):
        versions.patch(name=within, updateMask="config", body=change).execute()


def test_a_site_of_its_own_lives_and_dies(projects: Any, parent: str, google_world: World) -> None:
    sites = projects.sites()
    other = f"{google_world.project}-other"
    sites.create(parent=parent, siteId=other, validateOnly=True, body={}).execute()
    made = sites.create(
        parent=parent, siteId=other, body={"appId": "1:1:web:a", "labels": {"of": "it"}}
    ).execute()
    name = made["name"]
    assert (made["type"], made["defaultUrl"]) == ("USER_SITE", f"https://{other}.web.app")
    with pytest.raises(HttpError, match="already exists"):
        sites.create(parent=parent, siteId=other, body={}).execute()
    with pytest.raises(HttpError, match="not a label"):
        sites.create(parent=parent, siteId="Upper_", body={}).execute()
    changed = sites.patch(name=name, updateMask="appId", body={"appId": "1:1:web:b", "labels": {}}).execute()
    assert (changed["appId"], changed["labels"]) == ("1:1:web:b", {"of": "it"})
    assert name in [each["name"] for each in sites.list(parent=parent).execute()["sites"]]
    with pytest.raises(HttpError, match="not found"):
        sites.channels().get(name=f"{name}/channels/preview").execute()
    sites.delete(name=name).execute()
    with pytest.raises(HttpError, match="not found"):
        sites.get(name=name).execute()


def test_the_default_site_stays(projects: Any, site: str) -> None:
    with pytest.raises(HttpError, match="default site"):
        projects.sites().delete(name=site).execute()


def test_only_who_may_sends_a_file(rest: httpx.Client, google_world: World, site: str) -> None:
    made = HostedSite(google_world, google_world.project).create_version({})
    digest, content = packed(b"x")
    HostedSite(google_world, google_world.project).populate(made["name"], {"/x": digest})
    path = f"/firebasehosting/upload/{made['name']}/files/{digest}"
    nobody = bearer(issue(key_of(google_world), ["user:nobody@ekklesia.test"]))
    assert rest.post(path, content=content, headers={"Authorization": ""}).status_code == 401
    assert rest.post(path, content=content, headers=nobody).status_code == 403
    assert rest.post(path, content=content).status_code == 200
    version = f"/firebasehosting/v1beta1/{made['name']}"
    assert rest.get(version, headers=nobody).status_code == 403
    assert rest.get(version).json()["fileCount"] == "1"
