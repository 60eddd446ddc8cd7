"""Releases are made over the Hosting API, and visitors see them."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from local.services.enabled_apis import SERVICES, service_name
from local.services.firebase_apps import SITES, WEB_APPS
from local.services.google_errors import GoogleError
from local.services.hosted_site import HostedSite
from local.services.hosting import content_type
from local.world import World
from tests.services.declarations import PROJECT, Declarations
from tests.services.running_services import RunningServices

OWNER = {"Authorization": "Bearer owner"}
SITE_NAME = f"projects/{PROJECT}/sites/{PROJECT}"
SITE = f"/firebasehosting/v1beta1/sites/{PROJECT}"
CONFIG = {
    "headers": [
        {"glob": "**", "headers": {"X-Content-Type-Options": "nosniff", "Cache-Control": "no-cache"}}
    ],
    "rewrites": [{"glob": "**", "path": "/index.html"}],
    "cleanUrls": True,
    "trailingSlashBehavior": "REMOVE",
}
PAGES = {"/index.html": b"<title>one</title>", "/about.html": b"about", "/js/main.js": b"let x;"}


@pytest.fixture(autouse=True)
def site(services: RunningServices, declared: Declarations) -> None:
    """The declared site of a project that has the API, with both services running."""
    declared.record(SERVICES, service_name(PROJECT, "firebasehosting.googleapis.com"), {})
    declared.record(SITES, SITE_NAME, {})
    services.start("googleapis")
    services.start("hosting")


@pytest.fixture
def api(running_world: World) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=running_world.url("googleapis"), headers=OWNER, trust_env=False, timeout=30
    ) as client:
        yield client


@pytest.fixture
def visitor(running_world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running_world.url("portal"), trust_env=False, timeout=30) as client:
        yield client


def packed(content: bytes) -> tuple[str, bytes]:
    body = gzip.compress(content, mtime=0)
    return hashlib.sha256(body).hexdigest(), body


def populate(api: httpx.Client, version: str, pages: dict[str, bytes]) -> dict[str, Any]:
    hashes = {path: packed(content)[0] for path, content in pages.items()}
    answer = api.post(f"/firebasehosting/v1beta1/{version}:populateFiles", json={"files": hashes})
    return dict(answer.raise_for_status().json())


def create(api: httpx.Client, config: dict[str, Any] | None = None) -> str:
    body = {"config": CONFIG if config is None else config}
    return str(api.post(f"{SITE}/versions", json=body).raise_for_status().json()["name"])


def finalize(api: httpx.Client, version: str) -> httpx.Response:
    return api.patch(
        f"/firebasehosting/v1beta1/{version}", params={"updateMask": "status"}, json={"status": "FINALIZED"}
    )


def release(api: httpx.Client, pages: dict[str, bytes], config: dict[str, Any] | None = None) -> str:
    """Make a release as the Firebase CLI does; return the version's name."""
    version = create(api, config)
    wanted = populate(api, version, pages)
    contents = dict(packed(content) for content in pages.values())
    for digest in wanted["uploadRequiredHashes"]:
        api.post(f"{wanted['uploadUrl']}/{digest}", content=contents[digest]).raise_for_status()
    finalize(api, version).raise_for_status()
    api.post(f"{SITE}/releases", params={"versionName": version}, json={}).raise_for_status()
    return version


def test_visitors_see_the_released_files(api: httpx.Client, visitor: httpx.Client) -> None:
    release(api, PAGES)
    page = visitor.get("/")
    assert (page.status_code, page.text) == (200, "<title>one</title>")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert page.headers["content-encoding"] == "gzip"
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["cache-control"] == "no-cache"
    assert visitor.get("/about").text == "about"
    assert visitor.get("/about.html").headers["location"] == "/about"
    assert visitor.get("/js/main.js").headers["content-type"] == "text/javascript; charset=utf-8"
    assert visitor.get("/admin/members?x=1").text == "<title>one</title>"


def test_who_does_not_take_gzip_gets_plain_bytes(api: httpx.Client, visitor: httpx.Client) -> None:
    release(api, PAGES)
    page = visitor.get("/", headers={"Accept-Encoding": "identity"})
    assert "content-encoding" not in page.headers
    assert page.content == PAGES["/index.html"]


def test_a_known_page_is_not_sent_again(api: httpx.Client, visitor: httpx.Client) -> None:
    release(api, PAGES)
    etag = visitor.get("/").headers["etag"]
    again = visitor.get("/", headers={"If-None-Match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["x-content-type-options"] == "nosniff"
    release(api, PAGES | {"/index.html": b"two"})
    assert visitor.get("/", headers={"If-None-Match": etag}).text == "two"


def test_head_has_no_body(api: httpx.Client, visitor: httpx.Client) -> None:
    release(api, PAGES)
    assert (visitor.head("/").status_code, visitor.head("/").content) == (200, b"")
    assert visitor.post("/").status_code == 405


def test_an_old_version_can_be_released_again(api: httpx.Client, visitor: httpx.Client) -> None:
    first = release(api, PAGES)
    release(api, {"/index.html": b"two"})
    assert visitor.get("/").text == "two"
    rollback = api.post(f"{SITE}/releases", params={"versionName": first}, json={}).json()
    assert rollback["type"] == "ROLLBACK"
    assert visitor.get("/").text == "<title>one</title>"
    newest = api.get(f"{SITE}/releases").json()["releases"][0]
    assert newest["version"]["name"] == first


def test_only_files_that_are_not_there_are_asked_for(api: httpx.Client) -> None:
    release(api, PAGES)
    version = create(api)
    assert populate(api, version, PAGES)["uploadRequiredHashes"] == []
    new = PAGES | {"/new.js": b"new and never seen"}
    assert populate(api, version, new)["uploadRequiredHashes"] == [packed(b"new and never seen")[0]]


def test_an_unfinished_version_is_not_released(api: httpx.Client, visitor: httpx.Client) -> None:
    release(api, PAGES)
    version = create(api)
    populate(api, version, {"/index.html": b"never uploaded"})
    assert finalize(api, version).status_code == 400
    assert api.post(f"{SITE}/releases", params={"versionName": version}, json={}).status_code == 400
    assert visitor.get("/").text == "<title>one</title>"


def test_content_that_is_not_its_hash_is_refused(api: httpx.Client) -> None:
    version = create(api)
    wanted = populate(api, version, {"/index.html": b"what was promised"})
    digest = wanted["uploadRequiredHashes"][0]
    assert api.post(f"{wanted['uploadUrl']}/{digest}", content=b"something else").status_code == 400
    assert api.post(f"{wanted['uploadUrl']}/{'0' * 64}", content=b"").status_code == 400


def test_a_closed_version_does_not_change(api: httpx.Client) -> None:
    version = release(api, PAGES)
    answer = api.post(f"/firebasehosting/v1beta1/{version}:populateFiles", json={"files": {}})
    assert answer.status_code == 400


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic b3duZXI="}])
def test_without_a_bearer_nothing_is_released(
    running_world: World, api: httpx.Client, headers: dict[str, str]
) -> None:
    version = release(api, PAGES)
    with httpx.Client(base_url=running_world.url("googleapis"), trust_env=False, timeout=30) as stranger:
        for url in (f"{SITE}/versions", f"{SITE}/releases?versionName={version}"):
            assert stranger.post(url, json={}, headers=headers).status_code == 401


def test_a_site_that_is_not_declared_has_no_versions(api: httpx.Client) -> None:
    answer = api.post("/firebasehosting/v1beta1/sites/other/versions", json={})
    assert answer.status_code == 404


def test_a_configuration_that_cannot_be_served_is_refused(api: httpx.Client) -> None:
    config = {"rewrites": [{"glob": "**", "run": {"serviceId": "x"}}]}
    assert api.post(f"{SITE}/versions", json={"config": config}).status_code == 400


def test_the_reserved_path_tells_the_sdk_its_app(declared: Declarations, visitor: httpx.Client) -> None:
    assert visitor.get("/__/firebase/init.json").status_code == 404
    declared.record(WEB_APPS, f"projects/{PROJECT}/webApps/1:1:web:a", {"displayName": "Portal"})
    configuration = visitor.get("/__/firebase/init.json").json()
    assert (configuration["projectId"], configuration["appId"]) == (PROJECT, "1:1:web:a")
    assert visitor.get("/__/other").status_code == 404


@pytest.mark.parametrize("name", ["sites/other/versions/a", f"sites/{PROJECT}/versions/../x", "", "x"])
def test_only_versions_of_the_site_are_read(quiet_world: World, name: str) -> None:
    with pytest.raises(GoogleError, match="not a version"):
        HostedSite(quiet_world, PROJECT).version(name)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/a.css", "text/css; charset=utf-8"),
        ("/a.json", "application/json; charset=utf-8"),
        ("/a.webmanifest", "application/manifest+json; charset=utf-8"),
        ("/a.png", "image/png"),
        ("/a.woff2", "font/woff2"),
        ("/a", "application/octet-stream"),
    ],
)
def test_types(path: str, expected: str) -> None:
    assert content_type(path) == expected
