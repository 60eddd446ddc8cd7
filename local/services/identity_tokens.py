"""OpenID Connect tokens of Google's service accounts, signed and checked as by accounts.google.com."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, RSAKey

ISSUER = "https://accounts.google.com"
LIFETIME = 3600
"""Google's ID tokens live for an hour."""
LEEWAY = 60
"""Seconds by which the clocks of signer and reader may differ."""


class InvalidTokenError(Exception):
    """A token was refused; the message is the reason."""


def sign_identity(key: RSAKey, email: str, audience: str, *, include_email: bool = True) -> str:
    """An ID token of that service account for that audience."""
    now = int(time.time())
    address = {"email": email, "email_verified": True} if include_email else {}
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "azp": email,
        "sub": subject_of(email),
        **address,
        "iat": now,
        "exp": now + LIFETIME,
    }
    return jwt.encode({"alg": "RS256", "typ": "JWT", "kid": key.kid}, claims, key)


def verify_identity(key: RSAKey, token: str, audiences: Collection[str]) -> str:
    """The e-mail address of the account that the token names. Raises InvalidTokenError."""
    claims = verified_claims(KeySet([key]), token, issuer=ISSUER, audiences=audiences)
    if "email" not in claims:
        raise InvalidTokenError("it does not say who its bearer is (includeEmail)")
    return str(claims["email"])


def verified_claims(
    keys: KeySet,
    token: str,
    *,
    issuer: str,
    audiences: Collection[str],
    algorithms: tuple[str, ...] = ("RS256",),
) -> dict[str, Any]:
    """The claims of a token that one of the keys has signed, from that issuer for one of those audiences.

    Raises InvalidTokenError if the signature, issuer, audience or time is wrong.
    """
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY,
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "values": list(audiences)},
        exp={"essential": True},
    )
    try:
        decoded = jwt.decode(token, keys, algorithms=list(algorithms))
        registry.validate(decoded.claims)
    except (JoseError, ValueError) as error:
        raise InvalidTokenError(str(error) or type(error).__name__) from error
    return decoded.claims


def subject_of(email: str) -> str:
    """A fixed number of the account with 21 digits, like Google's `sub`."""
    return str(int(hashlib.sha256(email.encode()).hexdigest(), 16))[:21]


def public_keys(key: RSAKey) -> dict[str, Any]:
    """The JWKS document with which others check the key's signatures."""
    return {"keys": [key.as_dict(private=False)]}
