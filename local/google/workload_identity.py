"""Workload identity federation: names the bearer of a foreign token by the rules of a declared provider.

https://cloud.google.com/iam/docs/workload-identity-federation
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import cel
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from local.resource_store import Record, ResourceStore
from local.services.identity_tokens import InvalidTokenError, verified_claims
from local.world import World

AUDIENCE = re.compile(
    r"//iam\.googleapis\.com/(?P<pool>projects/[^/]+/(?P<rest>locations/global/workloadIdentityPools/[^/]+))"
    r"/(?P<provider>providers/[^/]+)"
)
POOLS = "iam.workloadIdentityPools"
PROVIDERS = "iam.workloadIdentityPoolProviders"
LONGEST_LIFETIME = 24 * 3600
"""Google refuses a subject token that lives for longer, in seconds."""
LONGEST_SUBJECT = 127
"""The longest `google.subject`, in characters."""


class FederationError(Exception):
    """A token was refused: OAuth's error code and the reason."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def federated_members(world: World, audience: str, subject_token: str) -> frozenset[str]:
    """All members of a binding that mean the token's bearer. `audience` is the provider's resource name.

    Raises FederationError if the provider is not declared or does not accept the token.
    """
    name = AUDIENCE.fullmatch(audience)
    if name is None:
        raise FederationError("invalid_request", f"Invalid value for audience: {audience!r}")
    provider = _declared_provider(world, name)
    claims = _checked_claims(provider, audience, subject_token)
    return _members(provider.resource, claims, name["pool"])


def _declared_provider(world: World, name: re.Match[str]) -> Record:
    """The enabled provider. The audience has the project's number in place of its id."""
    store = ResourceStore(world)
    pool = f"projects/{world.project}/{name['rest']}"
    provider = store.get(PROVIDERS, f"{pool}/{name['provider']}")
    declared = [store.get(POOLS, pool), provider]
    if provider is None or not all(record and _is_open(record) for record in declared):
        raise FederationError("invalid_target", "The target service indicated by the audience is invalid.")
    return provider


def _is_open(record: Record) -> bool:
    return not (record.resource.get("disabled") or "deleted" in record.status)


def _checked_claims(provider: Record, audience: str, token: str) -> dict[str, Any]:
    oidc = provider.resource["oidc"]
    try:
        keys = KeySet.import_key_set(json.loads(oidc["jwksJson"]))
    except (KeyError, ValueError, JoseError) as error:
        raise FederationError("invalid_grant", f"the provider's keys cannot be read: {error}") from error
    allowed = oidc.get("allowedAudiences") or [audience, f"https:{audience}"]
    try:
        claims = verified_claims(keys, token, issuer=oidc["issuerUri"], audiences=allowed)
    except InvalidTokenError as error:
        raise FederationError("invalid_grant", f"the subject token is not accepted: {error}") from error
    issued = claims.get("iat")
    if not isinstance(issued, int | float) or claims["exp"] - issued > LONGEST_LIFETIME:
        raise FederationError("invalid_grant", "the subject token has no iat or lives for more than a day")
    return claims


def _members(provider: Mapping[str, Any], claims: dict[str, Any], pool: str) -> frozenset[str]:
    """Apply the provider's condition and mapping, which are CEL, to the claims."""
    mapping: dict[str, str] = provider.get("attributeMapping", {})
    mapped = {name: _evaluate(expression, claims, {}) for name, expression in mapping.items()}
    subject = mapped.get("google.subject")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT:
        raise FederationError("invalid_grant", "the mapped google.subject is empty or too long")
    condition = provider.get("attributeCondition")
    if condition and _evaluate(condition, claims, mapped) is not True:
        raise FederationError("unauthorized_client", "The given credential is rejected by the condition.")
    root = f"//iam.googleapis.com/{pool}"
    attributes = {
        f"principalSet:{root}/{name}/{value}"
        for name, value in mapped.items()
        if name.startswith("attribute.")
    }
    return frozenset({f"principal:{root}/subject/{subject}", f"principalSet:{root}/*"} | attributes)


def _evaluate(expression: str, claims: dict[str, Any], mapped: Mapping[str, Any]) -> Any:
    names: dict[str, dict[str, Any]] = {"assertion": claims, "google": {}, "attribute": {}}
    for name, value in mapped.items():
        group, _, key = name.partition(".")
        names[group][key] = value
    try:
        return cel.evaluate(expression, names)
    except (ValueError, TypeError, RuntimeError) as error:
        raise FederationError("invalid_grant", f"{expression!r} cannot be evaluated: {error}") from error
