"""Firebase Hosting: serves the live release of the world's site, with its headers, redirects and rewrites."""

from __future__ import annotations

import gzip
import mimetypes
from functools import lru_cache
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from local.resource_store import ResourceStore
from local.services.firebase_apps import WEB_APPS, sdk_configuration
from local.services.hosted_site import HostedSite
from local.services.server import health_route, serve
from local.services.serving import NotFound, Redirect, ServeFile, decide, headers_for
from local.world import World

DEFAULT_CACHE_CONTROL = "max-age=3600"
TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".webmanifest": "application/manifest+json"}
"""Types that the machine's own table may lack or define differently."""


class Hosting:
    """The site of one world: the project's default one, whose id is the project's."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._site = HostedSite(world, world.project)
        self._version = lru_cache(maxsize=4)(self._site.version)

    async def page(self, request: Request) -> Response:
        """Answer a request from the live version."""
        releases = self._site.releases()
        if not releases:
            return PlainTextResponse("Site Not Found", 404)
        version = self._version(releases[0]["version"]["name"])
        path = "/" + request.path_params["path"]
        response = self._answer(request, version, path)
        response.headers.update(headers_for(path, version["config"]))
        return response

    def _answer(self, request: Request, version: dict[str, Any], path: str) -> Response:
        match decide(path, version["config"], version["files"]):
            case Redirect(location, status):
                query = f"?{request.url.query}" if request.url.query else ""
                return RedirectResponse(location + query, status)
            case ServeFile(file, status):
                return self._file(request, file, version["files"][file], status)
            case NotFound():
                return PlainTextResponse("Page Not Found", 404)

    def _file(self, request: Request, path: str, digest: str, status: int) -> Response:
        headers = {
            "cache-control": DEFAULT_CACHE_CONTROL,
            "etag": f'"{digest}"',
            "vary": "accept-encoding",
        }
        if status == 200 and _is_known(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        content = self._site.file(digest).read_bytes()
        if "gzip" in request.headers.get("accept-encoding", ""):
            headers["content-encoding"] = "gzip"
        else:
            content = gzip.decompress(content)
        return Response(content, status, headers, media_type=content_type(path))

    async def configuration(self, _request: Request) -> Response:
        """The configuration of the Firebase SDK. Nothing in it is secret."""
        apps = ResourceStore(self._world).list(WEB_APPS)
        app = next((each for each in apps if each.resource.get("state") != "DELETED"), None)
        if app is None:
            return PlainTextResponse("the project has no web app", 404)
        return JSONResponse(sdk_configuration(self._world.project, app.name.rpartition("/")[2]))


def content_type(path: str) -> str:
    """The media type of a file by its name; texts are UTF-8."""
    suffix = path[path.rfind(".") :] if "." in path else ""
    found = TYPES.get(suffix) or mimetypes.guess_type(path)[0] or "application/octet-stream"
    textual = found.startswith("text/") or found in {"application/json", "application/manifest+json"}
    return f"{found}; charset=utf-8" if textual else found


def _is_known(request: Request, etag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return known == "*" or etag in {tag.strip().removeprefix("W/") for tag in known.split(",")}


async def _reserved(_request: Request) -> Response:
    return PlainTextResponse("Page Not Found", 404)


def build(world: World) -> Starlette:
    """The ASGI application of one world."""
    hosting = Hosting(world)
    return Starlette(
        routes=[
            health_route(),
            Route("/__/firebase/init.json", hosting.configuration),
            Route("/__/{path:path}", _reserved),
            Route("/{path:path}", hosting.page),
        ]
    )


if __name__ == "__main__":
    serve(build, "portal")
