"""Firebase Hosting v1beta1: the calls that make a release, in the folder from which `hosting.py` serves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame.access_tokens import caller_of
from local.google.frame.requests import json_object
from local.resource_store import ResourceStore
from local.services.google_errors import GoogleError
from local.services.hosted_site import HostedSite, SiteError
from local.services.serving import validate
from local.world import World

SITES = "firebasehosting.sites"
UPDATE = "firebasehosting.sites.update"
LARGEST_FILE = 2 * 1024**3
"""Hosting's limit for one file, in bytes."""
FILES_PER_CALL = 1000

Method = Callable[["HostedSite", Request, dict[str, Any]], Any]


class Api:
    """The API of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = ResourceStore(world)

    async def site(self, request: Request) -> HostedSite:
        """The declared site in the path. The caller must be allowed to change it."""
        caller = caller_of(self._world, request)
        site: str = request.path_params["site"]
        name = f"projects/{self._world.project}/sites/{site}"
        if self._store.get(SITES, name) is None:
            raise GoogleError(404, f"sites/{site} does not exist")
        caller.require(self._world, UPDATE, name)
        return HostedSite(self._world, site)

    def method(self, operation: Method) -> Callable[[Request], Any]:
        """An end point that hands the operation the site and the JSON that was sent."""

        async def endpoint(request: Request) -> Response:
            site, sent = await self.site(request), await json_object(request)
            try:
                return JSONResponse(await run_in_threadpool(operation, site, request, sent))
            except SiteError as error:
                raise GoogleError(error.status, str(error)) from error

        return endpoint

    async def upload(self, request: Request) -> Response:
        """Take one gzipped file."""
        site = await self.site(request)
        content = await request.body()
        if len(content) > LARGEST_FILE:
            raise GoogleError(413, "the file is larger than 2 GiB")
        try:
            await run_in_threadpool(
                site.upload, _version(site, request), request.path_params["hash"], content
            )
        except SiteError as error:
            raise GoogleError(error.status, str(error)) from error
        return Response()


def routes(world: World) -> list[BaseRoute]:
    """Versions, their files, and releases. Google serves `/upload/…` on another host."""
    api = Api(world)
    site = "/v1beta1/sites/{site}"
    version = f"{site}/versions/{{version}}"

    def of(site_request: Method, path: str, http_method: str) -> Route:
        return Route(path, api.method(site_request), methods=[http_method])

    return [
        of(_create_version, f"{site}/versions", "POST"),
        of(_list_versions, f"{site}/versions", "GET"),
        of(_populate_files, f"{version}:populateFiles", "POST"),
        of(_list_files, f"{version}/files", "GET"),
        of(_get_version, version, "GET"),
        of(_finalize, version, "PATCH"),
        of(_release, f"{site}/releases", "POST"),
        of(_list_releases, f"{site}/releases", "GET"),
        of(_release, f"{site}/channels/live/releases", "POST"),
        of(_list_releases, f"{site}/channels/live/releases", "GET"),
        Route("/upload/sites/{site}/versions/{version}/files/{hash}", api.upload, methods=["POST"]),
    ]


def _create_version(site: HostedSite, _request: Request, sent: dict[str, Any]) -> Any:
    config = sent.get("config", {})
    if problem := validate(config):
        raise GoogleError(400, problem)
    return _shown(site.create_version(config))


def _list_versions(site: HostedSite, _request: Request, _sent: dict[str, Any]) -> Any:
    return {"versions": [_shown(version) for version in site.versions()]}


def _get_version(site: HostedSite, request: Request, _sent: dict[str, Any]) -> Any:
    return _shown(site.version(_version(site, request)))


def _populate_files(site: HostedSite, request: Request, sent: dict[str, Any]) -> Any:
    files = sent.get("files", {})
    if len(files) > FILES_PER_CALL:
        raise GoogleError(400, f"at most {FILES_PER_CALL} files a call")
    name = _version(site, request)
    root = str(request.base_url).rstrip("/") + request.scope["root_path"]
    missing = site.populate(name, files)
    return {"uploadRequiredHashes": missing, "uploadUrl": f"{root}/upload/{name}/files"}


def _list_files(site: HostedSite, request: Request, _sent: dict[str, Any]) -> Any:
    files: dict[str, str] = site.version(_version(site, request))["files"]
    status = {True: "ACTIVE", False: "EXPECTED"}
    return {
        "files": [
            {"path": path, "hash": digest, "status": status[site.file(digest).exists()]}
            for path, digest in sorted(files.items())
        ]
    }


def _finalize(site: HostedSite, request: Request, sent: dict[str, Any]) -> Any:
    mask = request.query_params.get("updateMask") or request.query_params.get("update_mask")
    if mask != "status" or sent.get("status") != "FINALIZED":
        raise GoogleError(400, "a version can only be finalized: updateMask=status, status FINALIZED")
    return _shown(site.finalize(_version(site, request)))


def _release(site: HostedSite, request: Request, sent: dict[str, Any]) -> Any:
    return site.release(request.query_params.get("versionName", ""), str(sent.get("message", "")))


def _list_releases(site: HostedSite, _request: Request, _sent: dict[str, Any]) -> Any:
    return {"releases": site.releases()}


def _version(site: HostedSite, request: Request) -> str:
    return f"{site.name}/versions/{request.path_params['version']}"


def _shown(version: dict[str, Any]) -> dict[str, Any]:
    """A version as the API returns it, with the number of its files instead of the files."""
    shown = {key: value for key, value in version.items() if key != "files"}
    return {**shown, "fileCount": str(len(version["files"]))}
