"""Cloud Storage v1: adds objects to the declared buckets by resumable upload, lists them and reads them.

https://cloud.google.com/storage/docs/performing-resumable-uploads
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame.access_tokens import caller_of
from local.google.frame.requests import json_object
from local.resource_store import ResourceStore
from local.services.buckets import BUCKETS, bucket_folder, object_path
from local.services.google_errors import GoogleError
from local.services.iam import CREATE_OBJECT, GET_OBJECT, LIST_OBJECTS, bucket_name, bucket_target
from local.whole_file import SUFFIX, whole_file
from local.world import World


@dataclass(frozen=True)
class Session:
    """An upload that has been announced."""

    bucket: str
    name: str
    md5: str | None


class Storage:
    """The API of one world. Sessions end with the process, as Google's do after a week."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._sessions: dict[str, Session] = {}

    async def announce(self, request: Request) -> Response:
        """`POST /upload/storage/v1/b/B/o?uploadType=resumable`: answers with the address for the content."""
        bucket = self._bucket(request, CREATE_OBJECT)
        if request.query_params.get("uploadType") != "resumable":
            raise GoogleError(400, "uploadType: only resumable uploads are served here")
        sent = await json_object(request)
        name = str(sent.get("name") or request.query_params.get("name") or "")
        if not name:
            raise GoogleError(400, "Required parameter: name")
        self._require_new(bucket, name, request.query_params.get("ifGenerationMatch"))
        session = secrets.token_urlsafe(16)
        self._sessions[session] = Session(bucket, name, sent.get("md5Hash"))
        location = f"{request.url.replace(query='')}?uploadType=resumable&upload_id={session}"
        return Response(status_code=200, headers={"Location": location})

    async def receive(self, request: Request) -> Response:
        """`PUT` to that address: the whole content, which becomes an object if its hash is right."""
        session = self._sessions.get(request.query_params.get("upload_id", ""))
        if session is None:
            raise GoogleError(404, "Upload session not found.")
        path = object_path(self._world, session.bucket, session.name)
        with whole_file(path) as made:
            digest = await _write(request, made)
            if session.md5 not in (None, digest):
                raise GoogleError(400, f"Provided MD5 hash {session.md5!r} is not the content's, {digest!r}.")
        del self._sessions[request.query_params["upload_id"]]
        return JSONResponse(_shown(session.bucket, path))

    async def list(self, request: Request) -> Response:
        """`GET /storage/v1/b/B/o`: all objects, ordered by name."""
        bucket = self._bucket(request, LIST_OBJECTS)
        prefix = request.query_params.get("prefix", "")
        paths = [path for path in sorted(bucket_folder(self._world, bucket).iterdir()) if _is_object(path)]
        items = [_shown(bucket, path) for path in paths]
        found = [item for item in items if item["name"].startswith(prefix)]
        return JSONResponse({"kind": "storage#objects", "items": found})

    async def read(self, request: Request) -> Response:
        """`GET /storage/v1/b/B/o/NAME?alt=media`: the content of an object."""
        bucket = self._bucket(request, GET_OBJECT)
        if request.query_params.get("alt") != "media":
            raise GoogleError(400, "alt: only the content is served here")
        path = object_path(self._world, bucket, request.path_params["name"])
        if not _is_object(path):
            raise GoogleError(404, f"No such object: {bucket}/{request.path_params['name']}")
        return FileResponse(path, media_type="application/octet-stream")

    def _bucket(self, request: Request, permission: str) -> str:
        """The declared bucket in the path. The caller must hold the permission on it."""
        caller = caller_of(self._world, request)
        bucket: str = request.path_params["bucket"]
        if ResourceStore(self._world).get(BUCKETS, f"b/{bucket}") is None:
            raise GoogleError(404, "The specified bucket does not exist.")
        target = bucket_target(self._world.project, bucket)
        caller.require(self._world, permission, target, bucket_name(bucket))
        return bucket

    def _require_new(self, bucket: str, name: str, generation: str | None) -> None:
        """Refuse to replace an object: that needs the right to delete, which a creator does not have."""
        if object_path(self._world, bucket, name).exists():
            if generation == "0":
                raise GoogleError(412, "At least one of the pre-conditions you specified did not hold.")
            raise GoogleError(403, f"Permission 'storage.objects.delete' denied on {bucket}/{name}")


def routes(world: World) -> list[BaseRoute]:
    """The routes of the four calls."""
    storage = Storage(world)
    upload = "/upload/storage/v1/b/{bucket}/o"
    return [
        Route(upload, storage.announce, methods=["POST"]),
        Route(upload, storage.receive, methods=["PUT"]),
        Route("/storage/v1/b/{bucket}/o", storage.list),
        Route("/storage/v1/b/{bucket}/o/{name:path}", storage.read),
    ]


async def _write(request: Request, path: Path) -> str:
    """Write the request's body to a file; return its MD5 in Google's form."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("wb") as file:
        async for chunk in request.stream():
            digest.update(chunk)
            file.write(chunk)
    return base64.b64encode(digest.digest()).decode()


def _is_object(path: Path) -> bool:
    return path.is_file() and not path.name.endswith(SUFFIX)


def _shown(bucket: str, path: Path) -> dict[str, Any]:
    content = path.read_bytes()
    created = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return {
        "kind": "storage#object",
        "bucket": bucket,
        "name": unquote(path.name),
        "size": str(len(content)),
        "md5Hash": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
        "generation": "1",
        "timeCreated": created.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
    }
