"""Firebase Hosting v1beta1: versions of a site, their files, and the releases that show them to visitors.

All is kept by `local/services/hosted_site.py`, from whose folder the hosting serves. Each method has two
paths, with the project and without. A site has the channel `live` only: nothing here shows previews.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from local.google import firebasehosting
from local.google.firebasehosting import shown
from local.google.frame.access_tokens import caller_of
from local.google.frame.api import Handler
from local.google.frame.call import Body, Call, without
from local.google.frame.pages import page
from local.resource_store import ResourceStore
from local.services.enabled_apis import require_enabled
from local.services.firebase_apps import SITES
from local.services.google_errors import GoogleError, invalid, not_found
from local.services.hosted_site import CREATED, FINALIZED, HostedSite
from local.services.serving import validate
from local.world import World

API = firebasehosting.API
UPDATE = "firebasehosting.sites.update"
SITE = re.compile(r"(?:projects/[^/]+/)?(?P<name>sites/(?P<id>[^/:]+).*)")
LIVE = "/channels/live"
LARGEST_FILE = 2 * 1024**3
"""Hosting's limit for one file, in bytes."""
FILES_PER_CALL = 1000
CHANGEABLE = frozenset({"status", "config", "labels"})
"""What an update of a version may name."""
ACTIVE, EXPECTED = "ACTIVE", "EXPECTED"


def _parts(call: Call) -> re.Match[str]:
    found = SITE.fullmatch(call.given[call.method.path_parameters[0]])
    if found is None:
        raise not_found(call.given[call.method.path_parameters[0]])
    return found


def _named(call: Call) -> str:
    """The name in the path as answers have it: without the project."""
    return _parts(call)["name"]


def _site_name(call: Call) -> str:
    return f"projects/{call.project}/sites/{_parts(call)['id']}"


def _site(call: Call) -> HostedSite:
    """The declared site in the path. Raises GoogleError 404."""
    call.record(SITES, _site_name(call))
    return HostedSite(call.world, _parts(call)["id"])


def _serves(*methods: str, verb: str) -> Callable[[Handler], Handler]:
    """Serve methods with and without the project, to who holds the permission of that verb on the site."""
    both = [f"{root}sites.{method}" for root in ("", "projects.") for method in methods]
    return API.serves(*both, permission=f"firebasehosting.sites.{verb}", target=_site_name)


@_serves("versions.create", verb="update")
def create_version(call: Call) -> Body:
    """Begin a version without files."""
    config = call.body.get("config", {})
    if problem := validate(config):
        raise invalid(problem)
    return _version(_site(call).create_version(config, call.body.get("labels")))


@_serves("versions.get", verb="get")
def get_version(call: Call) -> Body:
    """One version."""
    return _version(_site(call).version(_named(call)))


@_serves("versions.list", verb="get")
def list_versions(call: Call) -> Body:
    """All versions, the newest first."""
    if call.given.get("filter"):
        raise GoogleError(501, "The one-machine world does not filter versions.")
    found = map(_version, _site(call).versions())
    return page(
        found, "versions", call.given, lambda each: each["createTime"] + each["name"], is_falling=True
    )


@_serves("versions.populateFiles", verb="update")
def populate_files(call: Call) -> Body:
    """Add files by their hashes; tell which of them Hosting does not have yet, and where to send them."""
    files = call.body.get("files", {})
    if len(files) > FILES_PER_CALL:
        raise invalid(f"at most {FILES_PER_CALL} files a call")
    name = _named(call)
    missing = _site(call).populate(name, files)
    url = f"{call.world.url('googleapis')}/{API.name}/upload/{name}/files"
    return {"uploadRequiredHashes": missing, "uploadUrl": url}


@_serves("versions.files.list", verb="get")
def list_files(call: Call) -> Body:
    """The files of a version, and whether each has come."""
    site = _site(call)
    files: dict[str, str] = site.version(_named(call))["files"]
    listed = (
        {"path": path, "hash": digest, "status": ACTIVE if site.file(digest).exists() else EXPECTED}
        for path, digest in files.items()
    )
    wanted = call.given.get("status")
    found = (each for each in listed if wanted in (None, "STATUS_UNSPECIFIED", each["status"]))
    return page(found, "files", call.given, lambda each: str(each["path"]))


@_serves("versions.patch", verb="update")
def patch_version(call: Call) -> Body:
    """Change an open version by the mask, and close it if that is its new status."""
    site, name = _site(call), _named(call)
    before = site.version(name)
    after = call.updated(before, *(before.keys() - CHANGEABLE))
    if problem := validate(after["config"]):
        raise invalid(problem)
    if after["status"] not in (CREATED, FINALIZED):
        raise invalid(f"a version becomes {FINALIZED} here, and nothing else: {after['status']}")
    changed = site.change(name, config=after["config"], labels=after.get("labels", {}))
    return _version(site.finalize(name) if after["status"] == FINALIZED else changed)


@_serves("releases.create", "channels.releases.create", verb="update")
def release(call: Call) -> Body:
    """Show a closed version to visitors."""
    if call.body.get("type", "DEPLOY") not in ("DEPLOY", "ROLLBACK", "TYPE_UNSPECIFIED"):
        raise GoogleError(501, "The one-machine world disables no site.")
    _require_live(call)
    version = SITE.fullmatch(call.given.get("versionName", ""))
    if version is None:
        raise invalid("versionName must name a version of the site.")
    return _site(call).release(version["name"], str(call.body.get("message", "")))


@_serves("releases.get", "channels.releases.get", verb="get")
def get_release(call: Call) -> Body:
    """One release."""
    name = _named(call).replace(LIVE, "")
    found = next((each for each in _site(call).releases() if each["name"] == name), None)
    if found is None:
        raise not_found(name)
    return found


@_serves("releases.list", "channels.releases.list", verb="get")
def list_releases(call: Call) -> Body:
    """All releases, the newest first."""
    _require_live(call)
    return page(_site(call).releases(), "releases", call.given, is_falling=True)


@_serves("channels.get", verb="get")
def get_channel(call: Call) -> Body:
    """The channel that visitors see."""
    _require_live(call)
    return _channel(call)


@_serves("channels.list", verb="get")
def list_channels(call: Call) -> Body:
    """The one channel."""
    return page([_channel(call)], "channels", call.given)


class Upload:
    """Takes the files, at an address that no discovery document has. Google's has a host of its own."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = ResourceStore(world)

    async def answer(self, request: Request) -> Response:
        """Take one gzipped file."""
        caller, path = caller_of(self._world, request), request.path_params
        name = f"projects/{self._world.project}/sites/{path['site']}"
        require_enabled(self._store, self._world.project, API.service)
        caller.require(self._world, UPDATE, name)
        if self._store.get(SITES, name) is None:
            raise not_found(name)
        content = await request.body()
        if len(content) > LARGEST_FILE:
            raise GoogleError(413, "the file is larger than 2 GiB")
        site = HostedSite(self._world, path["site"])
        await run_in_threadpool(site.upload, f"{site.name}/versions/{path['version']}", path["hash"], content)
        return Response()


def routes(world: World) -> list[BaseRoute]:
    """The address of the files."""
    path = f"/{API.name}/upload/sites/{{site}}/versions/{{version}}/files/{{hash}}"
    return [Route(path, Upload(world).answer, methods=["POST"])]


def _require_live(call: Call) -> None:
    name = _named(call)
    if "/channels/" in name and LIVE not in f"{name}/":
        raise not_found(name)


def _version(version: Body) -> Body:
    """A version as the API returns it, with the number of its files instead of the files."""
    return {**without(version, ("files",)), "fileCount": str(len(version["files"]))}


def _channel(call: Call) -> Body:
    site = _site(call)
    releases = site.releases()
    newest = {"release": releases[0]} if releases else {}
    url = shown(call, call.record(SITES, _site_name(call)))["defaultUrl"]
    return {"name": f"{site.name}{LIVE}", "url": url, **newest}
