"""The public keys of the world's stand-in for accounts.google.com."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.services.identity_tokens import public_keys
from local.services.signing_key import key_of
from local.world import World


def routes(world: World) -> list[BaseRoute]:
    """`GET /certs`: a JWKS document."""

    async def certificates(_request: Request) -> Response:
        return JSONResponse(public_keys(key_of(world)))

    return [Route("/certs", certificates)]
