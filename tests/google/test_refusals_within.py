"""What is refused, and undone, where a test has to reach behind the front ends.

They answer in the test's own process here, from the files of the world whose own front ends run beside them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from local.google import (
    cloudbuild,
    cloudfunctions,
    firebasehosting_releases,
    function_uploads,
    identitytoolkit,
    identitytoolkit_accounts,
)
from local.google.frame.access_tokens import issue
from local.google.frame.front import Front
from local.google.frame.operations import own_store
from local.resource_store import Record, ResourceStore
from local.services.auth_settings import CONFIGS
from local.services.enabled_apis import SERVICES, service_name
from local.services.firebase_apps import SITES
from local.services.google_errors import GoogleError, google_error_response
from local.services.hosted_site import HostedSite
from local.services.signing_key import key_of
from local.world import World
from tests.google.conftest import REGION, bearer
from tests.google.functions import OWNER
from tests.google.site_release import packed

SITE = "uploading"
DIGEST, CONTENT = packed(b"of a test")


class Here:
    """The project's owner before front ends that answer in this process."""

    def __init__(self, routes: list[BaseRoute]) -> None:
        handlers: Any = {GoogleError: google_error_response}
        self._transport = httpx.ASGITransport(Starlette(routes=routes, exception_handlers=handlers))

    def ask(self, verb: str, path: str, token: str = OWNER, **content: Any) -> httpx.Response:
        """The answer. What a handler raises comes through, if it is no answer of Google's."""

        async def asked() -> httpx.Response:
            async with httpx.AsyncClient(transport=self._transport, base_url="http://here") as client:
                return await client.request(verb, path, headers=bearer(token), **content)

        return asyncio.run(asked())


@pytest.fixture
def here(google_world: World) -> Here:
    """Those of which something is refused below."""
    routes = [
        *firebasehosting_releases.routes(google_world),
        *function_uploads.routes(google_world),
        *identitytoolkit_accounts.routes(google_world),
        *(
            route
            for api in (cloudbuild.API, cloudfunctions.API, firebasehosting_releases.API, identitytoolkit.API)
            for route in Front(google_world, [api], f"/{api.name}").routes()
        ),
    ]
    return Here(routes)


class TestSignInSettings:
    @pytest.fixture
    def config(self, google_world: World, parent: str) -> Iterator[str]:
        """Their path. They are forgotten after the test."""
        yield f"/identitytoolkit/v2/{parent}/config"
        ResourceStore(google_world).delete(CONFIGS, f"{parent}/config")

    def test_what_could_not_be_enabled_is_not_there(
        self, here: Here, parent: str, config: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """So that it can be tried again: it is enabled once only."""

        def fail(*_: object) -> None:
            raise OSError("the emulator did not start")

        monkeypatch.setattr(identitytoolkit, "start_service", fail)
        with pytest.raises(OSError, match="did not start"):
            here.ask("POST", f"/identitytoolkit/v2/{parent}/identityPlatform:initializeAuth", json={})
        assert here.ask("GET", config).status_code == 404

    def test_only_who_may_enables_it(self, here: Here, google_world: World, parent: str, config: str) -> None:
        nobody = issue(key_of(google_world), ["user:nobody@ekklesia.test"])
        path = f"/identitytoolkit/v2/{parent}/identityPlatform:initializeAuth"
        assert here.ask("POST", path, nobody, json={}).status_code == 403
        assert here.ask("GET", config).status_code == 404

    def test_settings_that_the_emulator_did_not_take_are_not_there(
        self,
        here: Here,
        google_world: World,
        parent: str,
        config: str,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        before = {"authorizedDomains": ["a"]}
        ResourceStore(google_world).put(Record(CONFIGS, f"{parent}/config", before))

        def fail(*_: object) -> None:
            raise httpx.ConnectError("nobody is there")

        monkeypatch.setattr(identitytoolkit, "put_declared_settings", fail)
        refused = here.ask("PATCH", config, json={"authorizedDomains": ["b"]})
        assert (refused.status_code, "nobody is there" in refused.text) == (503, True)
        assert here.ask("GET", config).json()["authorizedDomains"] == ["a"]

    @pytest.mark.parametrize(
        ("query", "body", "status"),
        [
            ("", {"mfa": {"state": "ENABLED"}}, 501),
            ("?updateMask=*", {"mfa": {"state": "ENABLED"}}, 501),
            ("?updateMask=subtype", {}, 400),
        ],
    )
    def test_what_cannot_be_set(
        self,
        here: Here,
        google_world: World,
        parent: str,
        config: str,
        monkeypatch: pytest.MonkeyPatch,
        query: str,
        body: dict[str, object],
        status: int,
    ) -> None:
        """With a mask or without."""
        ResourceStore(google_world).put(Record(CONFIGS, f"{parent}/config", {}))
        monkeypatch.setattr(identitytoolkit, "put_declared_settings", lambda _world: None)
        before = here.ask("GET", config).json()
        assert here.ask("PATCH", f"{config}{query}", json=body).status_code == status
        assert here.ask("GET", config).json() == before


class TestUsers:
    @pytest.mark.parametrize("path", ["accounts:lookup", "accounts:query", "accounts:update", "accounts"])
    def test_an_account_without_a_role_reaches_none(
        self, here: Here, google_world: World, parent: str, path: str
    ) -> None:
        account = f"nobody@{google_world.project}.iam.gserviceaccount.com"
        root = f"/identitytoolkit/as/{account}/identitytoolkit.googleapis.com/v1/{parent}"
        refused = here.ask("POST", f"{root}/{path}", json={})
        assert (refused.status_code, f"{account} lacks firebaseauth.users." in refused.text) == (403, True)

    def test_what_no_function_calls_is_closed_to_all(self) -> None:
        """Google's API has more, such as tenants: the emulator would do it for whoever asks."""
        routes = identitytoolkit_accounts.routes_before("http://127.0.0.1:1", lambda _account, _role: True)
        path = "/identitytoolkit/as/a/identitytoolkit.googleapis.com/v2/projects/p/tenants"
        refused = Here(routes).ask("POST", path, json={})
        assert (refused.status_code, "a lacks all permissions" in refused.text) == (403, True)


class TestFilesOfASite:
    @pytest.fixture
    def version(self, google_world: World, parent: str) -> Iterator[str]:
        """A version with one file, which has not come."""
        store, name = ResourceStore(google_world), f"{parent}/sites/{SITE}"
        store.put(Record(SITES, name, {}))
        site = HostedSite(google_world, SITE)
        made: str = site.create_version({})["name"]
        site.populate(made, {"/a": DIGEST})
        yield made
        site.file(DIGEST).unlink(missing_ok=True)
        store.delete(SITES, name)

    @pytest.fixture
    def upload(self, version: str) -> str:
        """Where the file is sent."""
        return f"/firebasehosting/upload/{version}/files/{DIGEST}"

    def test_a_site_that_is_gone_takes_none(
        self, here: Here, google_world: World, parent: str, upload: str
    ) -> None:
        ResourceStore(google_world).delete(SITES, f"{parent}/sites/{SITE}")
        assert here.ask("POST", upload, content=CONTENT).status_code == 404

    def test_nothing_is_taken_where_hosting_is_not_enabled(
        self, here: Here, google_world: World, upload: str
    ) -> None:
        store = ResourceStore(google_world)
        record = store.get(SERVICES, service_name(google_world.project, "firebasehosting.googleapis.com"))
        assert record
        store.delete(SERVICES, record.name)
        refused = here.ask("POST", upload, content=CONTENT)
        store.put(record)
        assert (refused.status_code, "SERVICE_DISABLED" in refused.text) == (403, True)
        assert here.ask("POST", upload, content=CONTENT).status_code == 200

    def test_a_file_has_a_largest_size(
        self, here: Here, upload: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert firebasehosting_releases.LARGEST_FILE == 2 * 1024**3
        monkeypatch.setattr(firebasehosting_releases, "LARGEST_FILE", len(CONTENT) - 1)
        assert here.ask("POST", upload, content=CONTENT).status_code == 413
        monkeypatch.setattr(firebasehosting_releases, "LARGEST_FILE", len(CONTENT))
        assert here.ask("POST", upload, content=CONTENT).status_code == 200

    def test_a_file_that_no_version_names_is_not_taken(self, here: Here, upload: str) -> None:
        digest, content = packed(b"never promised")
        refused = here.ask("POST", f"{upload.rpartition('/')[0]}/{digest}", content=content)
        assert (refused.status_code, "is not the hash of this content, or not in" in refused.text) == (
            400,
            True,
        )

    def test_a_version_does_not_get_a_configuration_that_cannot_be_served(
        self, here: Here, version: str
    ) -> None:
        body = {"config": {"rewrites": [{"glob": "**"}]}}
        path = f"/firebasehosting/v1beta1/{version}?updateMask=config"
        assert here.ask("PATCH", path, json=body).status_code == 400

    def test_nothing_is_released_to_a_channel_that_is_not_there(
        self, here: Here, version: str, upload: str
    ) -> None:
        assert here.ask("POST", upload, content=CONTENT).status_code == 200
        root = f"/firebasehosting/v1beta1/{version}"
        assert here.ask("PATCH", f"{root}?updateMask=status", json={"status": "FINALIZED"}).status_code == 200
        channels = f"/firebasehosting/v1beta1/sites/{SITE}/channels"
        for channel, status in ("preview", 404), ("live", 200):
            path = f"{channels}/{channel}/releases?versionName={version}"
            assert here.ask("POST", path, json={}).status_code == status

    @pytest.mark.parametrize("files", [{"index.html": DIGEST}, {"/a": "0" * 63}, {"/a": DIGEST.upper()}])
    def test_what_is_no_file_of_a_site(self, here: Here, version: str, files: dict[str, str]) -> None:
        path = f"/firebasehosting/v1beta1/{version}:populateFiles"
        refused = here.ask("POST", path, json={"files": files})
        assert (refused.status_code, "not a file of a version" in refused.text) == (400, True)

    @pytest.mark.parametrize("field", ["name", "defaultUrl", "type"])
    @pytest.mark.usefixtures("version")
    def test_what_only_google_sets_of_a_site(self, here: Here, parent: str, field: str) -> None:
        path = f"/firebasehosting/v1beta1/{parent}/sites/{SITE}?updateMask={field}"
        refused = here.ask("PATCH", path, json={})
        assert (refused.status_code, "immutable" in refused.text) == (400, True)


class TestSourcesOfFunctions:
    @pytest.fixture
    def announced(self, here: Here, google_world: World, parent: str) -> Callable[[], str]:
        """Asks for an address to which one source is sent."""

        def ask() -> str:
            path = f"/cloudfunctions/v2/{parent}/locations/{REGION}/functions:generateUploadUrl"
            url: str = here.ask("POST", path, json={}).raise_for_status().json()["uploadUrl"]
            return url.removeprefix(google_world.url("googleapis"))

        return ask

    def test_an_address_is_good_once(self, here: Here, announced: Callable[[], str]) -> None:
        """Else who has read it in a log could put another source in its place."""
        address = announced()
        assert here.ask("PUT", address, content=b"zip").status_code == 200
        assert here.ask("PUT", address, content=b"other").status_code == 403

    def test_an_address_is_good_for_its_own_source(self, here: Here, announced: Callable[[], str]) -> None:
        path, _, query = announced().partition("?")
        other = f"{path.rpartition('/')[0]}/other.zip?{query}"
        assert here.ask("PUT", other, content=b"zip").status_code == 403

    def test_an_address_ends(
        self, here: Here, announced: Callable[[], str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Google's are good for half an hour."""
        assert function_uploads.GOOD_FOR_SECONDS == 1800
        monkeypatch.setattr(function_uploads, "GOOD_FOR_SECONDS", -1)
        assert here.ask("PUT", announced(), content=b"zip").status_code == 403


def test_builds_are_those_of_the_place(here: Here, google_world: World, parent: str) -> None:
    store = own_store(google_world)
    names = [f"{parent}/locations/{place}/builds/of-a-test" for place in (REGION, f"{REGION}-b")]
    for name in names:
        resource = {"status": "SUCCESS", "createTime": "2026-11-30T00:00:00Z"}
        store.put(Record(cloudbuild.BUILDS, name, resource, {"begun": resource["createTime"]}))
    listed = here.ask("GET", f"/cloudbuild/v1/{parent}/locations/{REGION}/builds").json()["builds"]
    for name in names:
        store.delete(cloudbuild.BUILDS, name)
    ours = [each["name"] for each in listed if each["id"] == "of-a-test"]
    assert [name.rpartition("/locations/")[2] for name in ours] == [f"{REGION}/builds/of-a-test"]
