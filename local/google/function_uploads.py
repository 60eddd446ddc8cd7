"""Where a client puts a function's source that is in no bucket of its own: an address that is good a while.

Google signs the address; here it has a number that nobody can guess. It ends with this process.
"""

from __future__ import annotations

import secrets
import time
import uuid

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from local.function_runtime.builds import UPLOADS
from local.google.frame.call import Body, Call
from local.resource_store import Record, ResourceStore
from local.services.buckets import BUCKETS, object_path
from local.services.google_errors import GoogleError
from local.services.stored_objects import remember
from local.whole_file import whole_file
from local.world import World

GOOD_FOR_SECONDS = 30 * 60
_announced: dict[str, tuple[str, str, float]] = {}
"""Signature → bucket, object, and until when."""


def announce(call: Call) -> Body:
    """An address for one source, and how a function names it then."""
    bucket = f"{UPLOADS}{call.number}.{call.world.region}.cloudfunctions.appspot.com"
    name, signature = f"{uuid.uuid4()}.zip", secrets.token_urlsafe(32)
    if call.store.get(BUCKETS, f"b/{bucket}") is None:
        call.store.put(Record(BUCKETS, f"b/{bucket}", {"name": bucket, "location": call.world.region}))
    _announced[signature] = (bucket, name, time.monotonic() + GOOD_FOR_SECONDS)
    url = f"{call.world.url('googleapis')}/{bucket}/{name}?X-Goog-Signature={signature}"
    return {"uploadUrl": url, "storageSource": {"bucket": bucket, "object": name}}


def routes(world: World) -> list[BaseRoute]:
    """`PUT` to such an address."""

    async def upload(request: Request) -> Response:
        bucket, name = f"{UPLOADS}{request.path_params['bucket']}", request.path_params["name"]
        signature = request.query_params.get("X-Goog-Signature", "")
        known = _announced.get(signature)
        if known is None or known[:2] != (bucket, name) or known[2] < time.monotonic():
            raise GoogleError(403, "The request signature we calculated does not match the one you provided.")
        path = object_path(world, bucket, name)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(path) as made:
            made.write_bytes(await request.body())
        remember(ResourceStore(world), bucket, name, {"contentType": "application/zip"})
        del _announced[signature]
        return Response()

    return [Route(f"/{UPLOADS}{{bucket}}/{{name}}", upload, methods=["PUT"])]
