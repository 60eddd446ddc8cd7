"""The contents of Cloud Storage's objects: taken at once, in two parts or by resumable upload, and given.

https://cloud.google.com/storage/docs/uploads-downloads
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame.access_tokens import caller_of
from local.google.frame.requests import json_object
from local.resource_store import ResourceStore
from local.services.buckets import BUCKETS, object_path
from local.services.enabled_apis import require_enabled
from local.services.google_errors import GoogleError
from local.services.iam import CREATE_OBJECT, GET_OBJECT, bucket_name, bucket_target
from local.services.stored_objects import described, is_object, remember
from local.whole_file import whole_file
from local.world import World

Said = dict[str, Any]
DELETE_OBJECT = "storage.objects.delete"
BOUNDARY = re.compile(r"""boundary=["']?([^"';]+)""")
BLANK_LINE = re.compile(rb"\r?\n\r?\n")
"""gcloud ends its lines as Unix does, and quotes the boundary by apostrophes."""
CONTENT_TYPE = re.compile(r"content-type:\s*([^\r\n]+)", re.IGNORECASE)
INCOMPLETE = 308


@dataclass
class Session:
    """An upload that has been announced."""

    bucket: str
    name: str
    said: Said
    received: bytearray = field(default_factory=bytearray)
    """What has come in chunks so far."""


class Contents:
    """The contents of one world. Sessions end with the process, as Google's do after a week."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = ResourceStore(world)
        self._sessions: dict[str, Session] = {}

    async def upload(self, request: Request) -> Response:
        """`POST /upload/storage/v1/b/B/o?uploadType=…`: the whole object, or the address for its content."""
        kind = request.query_params.get("uploadType")
        if kind == "resumable":
            return await self._announce(request)
        if kind not in ("multipart", "media"):
            raise GoogleError(400, "uploadType must be media, multipart or resumable")
        said, content = await _parts(request) if kind == "multipart" else ({}, await request.body())
        session = self._session(request, said)
        return self._keep(session, content)

    async def _announce(self, request: Request) -> Response:
        kind = request.headers.get("x-upload-content-type")
        said = {**({"contentType": kind} if kind else {}), **await json_object(request)}
        session = self._session(request, said)
        upload = secrets.token_urlsafe(16)
        self._sessions[upload] = session
        location = f"{request.url.replace(query='')}?uploadType=resumable&upload_id={upload}"
        return Response(status_code=200, headers={"Location": location})

    async def receive(self, request: Request) -> Response:
        """`PUT` to that address: the content, whole or in chunks."""
        upload = request.query_params.get("upload_id", "")
        session = self._sessions.get(upload)
        if session is None:
            raise GoogleError(404, "Upload session not found.")
        given = request.headers.get("content-range", "")
        if given and not await self._is_last(session, given, request):
            last = f"bytes=0-{len(session.received) - 1}"
            return Response(status_code=INCOMPLETE, headers={"Range": last} if session.received else {})
        if given:
            answer = self._keep(session, bytes(session.received))
        else:
            answer = await self._stream(session, request)
        del self._sessions[upload]
        return answer

    async def _is_last(self, session: Session, given: str, request: Request) -> bool:
        """Take a chunk (`bytes 0-99/*`) or a question (`bytes */100`); whether all is there now."""
        place, _, total = given.removeprefix("bytes ").partition("/")
        if place != "*":
            first = int(place.partition("-")[0])
            if first > len(session.received):
                raise GoogleError(
                    400, f"The chunk begins at {first}, but {len(session.received)} came so far."
                )
            session.received[first:] = await request.body()
        return total != "*" and len(session.received) == int(total)

    async def _stream(self, session: Session, request: Request) -> Response:
        path = object_path(self._world, session.bucket, session.name)
        with whole_file(path) as made:
            _require_hash(session, await _write(request, made))
        return self._kept(session, path)

    def _keep(self, session: Session, content: bytes) -> Response:
        digest = base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()
        _require_hash(session, digest)
        path = object_path(self._world, session.bucket, session.name)
        with whole_file(path) as made:
            made.write_bytes(content)
        return self._kept(session, path)

    def _kept(self, session: Session, path: Path) -> Response:
        remember(self._store, session.bucket, session.name, session.said)
        return JSONResponse(described(self._world, session.bucket, path))

    async def read(self, request: Request) -> Response:
        """`GET …/b/B/o/NAME?alt=media`: the content of an object."""
        name: str = request.path_params["name"]
        bucket = self._bucket(request, GET_OBJECT, name)
        path = object_path(self._world, bucket, name)
        if not is_object(path):
            raise GoogleError(404, f"No such object: {bucket}/{name}")
        known = described(self._world, bucket, path)
        headers = {
            "x-goog-hash": f"crc32c={known['crc32c']},md5={known['md5Hash']}",
            "x-goog-generation": known["generation"],
        }
        kind = known.get("contentType", "application/octet-stream")
        return FileResponse(path, media_type=kind, headers=headers)

    def _session(self, request: Request, said: Said) -> Session:
        name = str(said.get("name") or request.query_params.get("name") or "")
        bucket = self._bucket(request, CREATE_OBJECT, name)
        if not name:
            raise GoogleError(400, "Required parameter: name")
        if object_path(self._world, bucket, name).exists():
            if request.query_params.get("ifGenerationMatch") == "0":
                raise GoogleError(412, "At least one of the pre-conditions you specified did not hold.")
            # To replace an object needs the right to delete it, which who may only create does not have.
            self._bucket(request, DELETE_OBJECT, name)
        return Session(bucket, name, said)

    def _bucket(self, request: Request, permission: str, name: str) -> str:
        """The declared bucket in the path. The caller must hold the permission on it."""
        caller = caller_of(self._world, request)
        require_enabled(self._store, self._world.project, "storage.googleapis.com")
        bucket: str = request.path_params["bucket"]
        if self._store.get(BUCKETS, f"b/{bucket}") is None:
            raise GoogleError(404, "The specified bucket does not exist.")
        target = bucket_target(self._world.project, bucket)
        caller.require(self._world, permission, target, bucket_name(bucket, name))
        return bucket


def routes(world: World) -> list[BaseRoute]:
    """The paths of contents. Google's clients put them at the address's root or below the API's name."""
    contents = Contents(world)
    found: list[BaseRoute] = []
    for root in ("", "/storage"):
        upload = f"{root}/upload/storage/v1/b/{{bucket}}/o"
        found += [
            Route(upload, contents.upload, methods=["POST"]),
            Route(upload, contents.receive, methods=["PUT"]),
            Route(f"{root}/download/storage/v1/b/{{bucket}}/o/{{name:path}}", contents.read),
        ]
        found.append(_Media(f"{root}/storage/v1/b/{{bucket}}/o/{{name:path}}", contents.read))
    return found


class _Media(Route):
    """A route for `alt=media` alone; without it, the path means what is known of the object."""

    def matches(self, scope: Any) -> Any:
        found = super().matches(scope)
        wanted = b"alt=media" in scope.get("query_string", b"").split(b"&")
        return found if wanted else (type(found[0]).NONE, {})


async def _parts(request: Request) -> tuple[Said, bytes]:
    """The two parts of a multipart/related body: what is said of the object, and its content."""
    boundary = BOUNDARY.search(request.headers.get("content-type", ""))
    between = b"--" + boundary[1].encode() if boundary else b"--"
    parts = (await request.body()).split(between)[1:-1]
    if len(parts) != 2 or not all(BLANK_LINE.search(part) for part in parts):
        raise GoogleError(400, "Malformed multipart body.")
    (_, said), (head, content) = (BLANK_LINE.split(part, maxsplit=1) for part in parts)
    kind = CONTENT_TYPE.search(head.decode(errors="replace"))
    known = {"contentType": kind[1]} if kind else {}
    return {**known, **json.loads(said)}, content.removesuffix(b"\n").removesuffix(b"\r")


def _require_hash(session: Session, digest: str) -> None:
    announced = session.said.get("md5Hash")
    if announced not in (None, digest):
        raise GoogleError(400, f"Provided MD5 hash {announced!r} is not the content's, {digest!r}.")


async def _write(request: Request, path: Path) -> str:
    """Write the request's body to a file; return its MD5 in Google's form."""
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("wb") as file:
        async for chunk in request.stream():
            digest.update(chunk)
            file.write(chunk)
    return base64.b64encode(digest.digest()).decode()
