"""Firebase Auth's administration, as one service account: passed on to the emulator if the account may.

The emulator takes whoever calls for the project's owner. A function reaches it through the path of its own
account, which its Admin SDK puts before each call (`FIREBASE_AUTH_EMULATOR_HOST`).
"""

from __future__ import annotations

from collections.abc import Callable

import httpx
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from local.resource_store import ResourceStore
from local.services import auth_permissions, iam
from local.services.auth_settings import ADMIN
from local.services.google_errors import GoogleError
from local.world import World

SECONDS = 60.0
May = Callable[[str, str], bool]
"""Whether the account of that address holds a permission on the project."""


def routes(world: World) -> list[BaseRoute]:
    """All calls of the API, by the account that makes them."""
    policies = iam.Policies(ResourceStore(world))

    def may(account: str, permission: str) -> bool:
        return policies.may([f"serviceAccount:{account}"], permission, f"projects/{world.project}")

    return routes_before(world.url("auth"), may)


def routes_before(emulator: str, may: May) -> list[BaseRoute]:
    """The same before the emulator at this URL."""

    async def pass_on(request: Request) -> Response:
        account, path = request.path_params["account"], request.path_params["path"]
        permission = auth_permissions.needed(request.method, path)
        if permission is None or not may(account, permission):
            raise GoogleError(403, f"{account} lacks {permission or f'all permissions for {path}'}")
        async with httpx.AsyncClient(trust_env=False, timeout=SECONDS) as client:
            answer = await client.request(
                request.method,
                f"{emulator}/identitytoolkit.googleapis.com/{path}",
                params=request.query_params,
                content=await request.body(),
                headers={**ADMIN, "Content-Type": "application/json"},
            )
        return Response(answer.content, answer.status_code, media_type=answer.headers.get("content-type"))

    path = "/identitytoolkit/as/{account}/identitytoolkit.googleapis.com/{path:path}"
    return [Route(path, pass_on, methods=["GET", "POST"])]
