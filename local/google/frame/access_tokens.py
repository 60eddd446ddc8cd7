"""OAuth 2 access tokens of a world. They are signed and name their bearer, so no service has to store them.

The bearer `owner` is the project's owner, as in Firebase's own emulators.
"""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey
from starlette.requests import Request

from local.resource_store import ResourceStore
from local.services import iam
from local.services.google_errors import GoogleError
from local.services.identity_tokens import InvalidTokenError, verified_claims
from local.services.signing_key import key_of
from local.world import World

PREFIX = "ya29."
"""The beginning of Google's access tokens."""
ISSUER = "https://oauth2.googleapis.com"
AUDIENCE = "https://www.googleapis.com"
LIFETIME = 3600
OWNER = "owner"


@dataclass(frozen=True)
class Caller:
    """Who makes a request: all members of a binding that mean the caller, or the project's owner."""

    members: frozenset[str]
    is_owner: bool = False

    def may(self, world: World, permission: str, target: str, name: str | None = None) -> bool:
        """Whether the caller holds the permission. The owner holds all of them."""
        policies = iam.Policies(ResourceStore(world))
        return self.is_owner or policies.may(self.members, permission, target, name)

    def require(self, world: World, permission: str, target: str, name: str | None = None) -> None:
        """Raise GoogleError 403 unless the caller holds the permission (see `iam.Policies.may`)."""
        if not self.may(world, permission, target, name):
            raise GoogleError(403, f"Permission '{permission}' denied on {target}")


def issue(key: RSAKey, members: Collection[str], lifetime: int = LIFETIME) -> str:
    """A token whose bearer counts as each of these members. `lifetime` is in seconds."""
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "iat": now,
        "exp": now + lifetime,
        "members": sorted(members),
    }
    return PREFIX + jwt.encode({"alg": "RS256", "kid": key.kid}, claims, key)


def caller_of(world: World, request: Request) -> Caller:
    """The caller, by the request's bearer token. Raises GoogleError 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise GoogleError(401, "Request is missing required authentication credential.")
    if token == OWNER:
        return Caller(frozenset(), is_owner=True)
    if not token.startswith(PREFIX):
        raise GoogleError(401, "Request had invalid authentication credentials: not an access token.")
    keys = KeySet([key_of(world)])
    try:
        claims = verified_claims(keys, token.removeprefix(PREFIX), issuer=ISSUER, audiences=[AUDIENCE])
    except InvalidTokenError as error:
        raise GoogleError(401, f"Request had invalid authentication credentials: {error}") from error
    return Caller(frozenset(claims["members"]))
