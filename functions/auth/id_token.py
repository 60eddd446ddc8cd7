"""The checks that an ID token must pass before its content is used (OpenID Connect Core, section 3.1.3.7)."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from runtime import kennitala as kennitalas

from .jwks import KeyCache, UnknownKeyError

ALGORITHM = "RS256"
LEEWAY_SECONDS = 60
MAX_AGE_SECONDS = 3600
"""Since the token was issued; the code it was exchanged for lives for minutes."""
MAX_SUBJECT = 100
"""Characters; Firebase's user ids hold 128."""


class InvalidIdTokenError(Exception):
    """The token failed a check; the message says which, and quotes nothing of the token.

    `subject`: whose token it is, if it is the issuer's own and made for us.
    """

    def __init__(self, message: str, subject: str | None = None) -> None:
        super().__init__(message)
        self.subject = subject


@dataclass(frozen=True)
class Identity:
    """A person, as the electronic ID knows them."""

    subject: str
    kennitala: str
    name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True)
class IdTokenVerifier:
    """Checks tokens that one issuer made for us."""

    issuer: str
    client_id: str
    keys: KeyCache
    clock: Callable[[], float] = time.time

    def verify(self, token: str, nonce: str) -> Identity:
        """Check signature and claims, then read them. Raises InvalidIdTokenError, or KenniError for keys."""
        try:
            key = self.keys.key(_key_id(token))
            claims = jwt.decode(token, key, algorithms=[ALGORITHM]).claims
            self._registry().validate(claims)
        except UnknownKeyError as error:
            raise InvalidIdTokenError(str(error)) from error
        except (JoseError, ValueError) as error:
            raise InvalidIdTokenError(f"the token is not valid: {type(error).__name__}") from error
        try:
            self._check(claims, nonce)
            return _identity(claims)
        except InvalidIdTokenError as error:
            raise InvalidIdTokenError(str(error), subject=str(claims["sub"])) from error

    def _registry(self) -> jwt.JWTClaimsRegistry:
        return jwt.JWTClaimsRegistry(
            now=int(self.clock()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self.issuer},
            aud={"essential": True, "value": self.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True},
        )

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        """Check what the registry does not."""
        if not hmac.compare_digest(str(claims["nonce"]).encode(), nonce.encode()):
            raise InvalidIdTokenError("the token answers another login")
        if claims["iat"] < self.clock() - MAX_AGE_SECONDS - LEEWAY_SECONDS:
            raise InvalidIdTokenError("the token is old")
        audience = claims["aud"]
        if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != self.client_id:
            raise InvalidIdTokenError("the token was made for another client")


def _key_id(token: str) -> str:
    header = jws.extract_compact(token.encode()).headers()
    if header.get("alg") != ALGORITHM:
        raise InvalidIdTokenError(f"the token is not signed with {ALGORITHM}")
    kid = header.get("kid")
    if not isinstance(kid, str):
        raise InvalidIdTokenError("the token names no key")
    return kid


def _identity(claims: dict[str, Any]) -> Identity:
    subject = claims["sub"]
    if not subject or len(subject) > MAX_SUBJECT:
        raise InvalidIdTokenError("the token's subject cannot be used")
    try:
        kennitala = kennitalas.normalise(str(claims.get("national_id") or ""))
    except kennitalas.InvalidKennitalaError as error:
        raise InvalidIdTokenError("the token names no kennitala") from error
    return Identity(
        subject, kennitala, _text(claims, "name"), _text(claims, "email"), _text(claims, "phone_number")
    )


def _text(claims: dict[str, Any], name: str) -> str | None:
    value = claims.get(name)
    return value if isinstance(value, str) and value else None
