"""IAM Service Account Credentials v1: short-lived tokens of an account for callers who may act as it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame import access_tokens
from local.google.frame.requests import json_object
from local.resource_store import ResourceStore
from local.services import iam
from local.services.google_errors import GoogleError
from local.services.identity_tokens import sign_identity
from local.services.job_schedule import seconds
from local.services.signing_key import key_of
from local.world import World

LONGEST_LIFETIME = 3600


def routes(world: World) -> list[BaseRoute]:
    """`POST /v1/projects/-/serviceAccounts/EMAIL:generateIdToken` and `:generateAccessToken`."""

    async def generate_id_token(request: Request) -> Response:
        email = _allowed_account(world, request, iam.GET_ID_TOKEN)
        wanted = await json_object(request)
        if not wanted.get("audience"):
            raise GoogleError(400, "audience is required")
        token = sign_identity(
            key_of(world),
            email,
            str(wanted["audience"]),
            include_email=wanted.get("includeEmail") is True,
        )
        return JSONResponse({"token": token})

    async def generate_access_token(request: Request) -> Response:
        email = _allowed_account(world, request, iam.GET_ACCESS_TOKEN)
        wanted = await json_object(request)
        if not wanted.get("scope"):
            raise GoogleError(400, "scope is required")
        lifetime = _lifetime(str(wanted.get("lifetime", f"{LONGEST_LIFETIME}s")))
        members = iam.identities(f"serviceAccount:{email}")
        expires = datetime.now(UTC) + timedelta(seconds=lifetime)
        return JSONResponse(
            {
                "accessToken": access_tokens.issue(key_of(world), members, lifetime),
                "expireTime": expires.strftime("%Y-%m-%dT%H:%M:%SZ"),
            }
        )

    account = "/v1/projects/-/serviceAccounts/{email}"
    return [
        Route(f"{account}:generateIdToken", generate_id_token, methods=["POST"]),
        Route(f"{account}:generateAccessToken", generate_access_token, methods=["POST"]),
    ]


def _allowed_account(world: World, request: Request, permission: str) -> str:
    """The account in the path. It must exist, and the caller must hold the permission on it."""
    email: str = request.path_params["email"]
    caller = access_tokens.caller_of(world, request)
    if not iam.Policies(ResourceStore(world)).service_account_exists(email):
        raise GoogleError(404, f"Not found; Gaia id not found for email {email}")
    caller.require(world, permission, iam.service_account_name(email))
    return email


def _lifetime(text: str) -> int:
    try:
        lifetime = int(seconds(text))
    except ValueError as error:
        raise GoogleError(400, f"lifetime: {error}") from error
    if not 0 < lifetime <= LONGEST_LIFETIME:
        raise GoogleError(400, f"lifetime must be at most {LONGEST_LIFETIME}s")
    return lifetime
