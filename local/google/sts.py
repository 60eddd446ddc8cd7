"""Security Token Service v1: exchanges a foreign identity token for a federated access token (RFC 8693)."""

from __future__ import annotations

import json
import logging
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame import access_tokens
from local.google.workload_identity import FederationError, federated_members
from local.services.signing_key import key_of
from local.world import World

log = logging.getLogger("sts")
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"  # noqa: S105 - a kind of token  # nosec B105
SUBJECT_TOKENS = frozenset(
    {"urn:ietf:params:oauth:token-type:jwt", "urn:ietf:params:oauth:token-type:id_token"}
)
PARAMETERS = {
    "grantType": "grant_type",
    "requestedTokenType": "requested_token_type",
    "subjectToken": "subject_token",
    "subjectTokenType": "subject_token_type",
    "audience": "audience",
    "scope": "scope",
}
"""The name of each parameter in Google's JSON → in OAuth's form."""


def routes(world: World) -> list[BaseRoute]:
    """`POST /v1/token`."""

    async def token(request: Request) -> Response:
        try:
            return JSONResponse(_exchange(world, await _parameters(request)))
        except FederationError as error:
            log.warning("token not exchanged: %s", error)
            return JSONResponse({"error": error.code, "error_description": str(error)}, 400)

    return [Route("/v1/token", token, methods=["POST"])]


def _exchange(world: World, given: dict[str, str]) -> dict[str, object]:
    expected = {"grant_type": {EXCHANGE}, "requested_token_type": {ACCESS_TOKEN}}
    expected["subject_token_type"] = set(SUBJECT_TOKENS)
    for name, values in expected.items():
        if given.get(name) not in values:
            raise FederationError("invalid_request", f"Invalid value for {name}: {given.get(name)!r}")
    if not given.get("scope"):
        raise FederationError("invalid_scope", "scope is required")
    members = federated_members(world, given.get("audience", ""), given.get("subject_token", ""))
    return {
        "access_token": access_tokens.issue(key_of(world), members),
        "issued_token_type": ACCESS_TOKEN,
        "token_type": "Bearer",  # nosec B105 - the scheme of RFC 6750
        "expires_in": access_tokens.LIFETIME,
    }


async def _parameters(request: Request) -> dict[str, str]:
    """The parameters, sent as a form or as JSON, under OAuth's names."""
    if request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return dict(parse_qsl((await request.body()).decode(errors="replace")))
    try:
        sent = json.loads(await request.body())
    except ValueError as error:
        raise FederationError("invalid_request", "neither a form nor JSON") from error
    if not isinstance(sent, dict):
        raise FederationError("invalid_request", "the JSON is not an object")
    return {PARAMETERS.get(str(name), str(name)): str(value) for name, value in sent.items()}
