"""Google's front end for functions: passes `/FUNCTION/…` to the live revision if the caller may call it.

Checks the caller as Cloud Run does before the function's own code sees the request: 401 without a valid ID
token, 403 without the invoker role. A function that `allUsers` may invoke gets the request as it came, so
that a Firebase token in `Authorization` reaches it unchanged.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from local.resource_store import ResourceStore
from local.services import iam
from local.services.forwarding import METHODS, TOKEN_HEADERS, forwarded_headers, returned_headers
from local.services.functions import FunctionRoute, route_to
from local.services.google_errors import GoogleError, google_error_response
from local.services.identity_tokens import InvalidTokenError, verify_identity
from local.services.internal_network import internal_address
from local.services.server import health_route, serve
from local.services.signing_key import key_of
from local.world import World

MEBIBYTE = 1024 * 1024
MAXIMUM_REQUEST = 32 * MEBIBYTE
"""Cloud Run's limit for a request over HTTP/1."""
START_PATIENCE = 3.0
"""Seconds that a crashed revision has to come back before the caller gets an error."""


class Ingress:
    """The front end of one world."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self._world = world
        self._client = client
        self._store = ResourceStore(world)
        self._policies = iam.Policies(self._store)

    async def handle(self, request: Request) -> Response:
        """Pass one request on or refuse it."""
        function = request.path_params["function"]
        route = route_to(self._store, self._world, function)
        if route is None or (route.internal_only and not self._is_internal(request)):
            raise GoogleError(404, f"there is no function {function} for you here")
        public = self._policies.is_public(iam.INVOKE, route.service)
        if not public:
            self._check_invoker(request, route)
        return await self._forward(request, route, checked=not public)

    def _is_internal(self, request: Request) -> bool:
        return bool(request.client and request.client.host == internal_address(self._world))

    def _check_invoker(self, request: Request, route: FunctionRoute) -> None:
        token = _bearer(request)
        if token is None:
            raise GoogleError(401, "the request has no identity token")
        try:
            email = verify_identity(key_of(self._world), token, {route.uri, f"{route.uri}/"})
        except InvalidTokenError as error:
            raise GoogleError(401, f"the identity token is not accepted: {error}") from error
        if not self._policies.may(iam.identities(f"serviceAccount:{email}"), iam.INVOKE, route.service):
            raise GoogleError(403, f"{email} lacks {iam.INVOKE} on {route.service}")

    async def _forward(self, request: Request, route: FunctionRoute, checked: bool) -> Response:
        body = await _limited_body(request)
        passed_on = self._client.build_request(
            request.method,
            httpx.URL(
                scheme="http", host=self._world.address, port=route.port, raw_path=_path_below(request)
            ),
            headers=forwarded_headers(request, checked=checked),
            content=body,
            timeout=None,
        )
        try:
            async with asyncio.timeout(route.timeout):
                answer = await self._send(passed_on, route)
        except TimeoutError as error:
            raise GoogleError(504, f"no answer from {route.revision} in {route.timeout:.0f} s") from error
        except httpx.HTTPError as error:
            reason = str(error) or type(error).__name__
            raise GoogleError(503, f"revision {route.revision} broke off: {reason}") from error
        response = StreamingResponse(
            answer.aiter_raw(), answer.status_code, background=BackgroundTask(answer.aclose)
        )
        response.raw_headers = returned_headers(answer)
        return response

    async def _send(self, request: httpx.Request, route: FunctionRoute) -> httpx.Response:
        """Send the request once. Only a failed connection is tried again, since the revision may restart."""
        if route.port is None:
            raise GoogleError(503, f"{route.service} has no live revision")
        deadline = asyncio.get_running_loop().time() + START_PATIENCE
        while True:
            try:
                return await self._client.send(request, stream=True)
            except httpx.ConnectError as error:
                if asyncio.get_running_loop().time() > deadline:
                    raise GoogleError(503, f"revision {route.revision} does not listen: {error}") from error
            await asyncio.sleep(0.1)


async def _limited_body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAXIMUM_REQUEST:
            raise GoogleError(413, "the request is larger than 32 MiB")
    return bytes(body)


def _bearer(request: Request) -> str | None:
    """The ID token. `X-Serverless-Authorization` comes first; `Authorization` may be for the function."""
    for name in TOKEN_HEADERS:
        if name in request.headers:
            scheme, _, token = request.headers[name].partition(" ")
            return token.strip() or None if scheme.lower() == "bearer" else None
    return None


def _path_below(request: Request) -> bytes:
    """The path after the function's name and the query, encoded as they came."""
    raw: bytes = request.scope["raw_path"]
    below = b"/" + b"/".join(raw.split(b"/")[2:])
    query: bytes = request.scope["query_string"]
    return below + (b"?" + query if query else b"")


def build(world: World) -> Starlette:
    """The ASGI application of one world."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        limits = httpx.Limits(max_connections=None, keepalive_expiry=5)
        async with httpx.AsyncClient(limits=limits, trust_env=False) as client:
            client.headers.clear()
            application.state.ingress = Ingress(world, client)
            yield

    async def handle(request: Request) -> Response:
        ingress: Ingress = request.app.state.ingress
        return await ingress.handle(request)

    return Starlette(
        routes=[
            health_route(),
            Route("/{function}", handle, methods=METHODS),
            Route("/{function}/{path:path}", handle, methods=METHODS),
        ],
        exception_handlers={GoogleError: google_error_response},
        lifespan=lifespan,
    )


if __name__ == "__main__":
    serve(build, "functions")
