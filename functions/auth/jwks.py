"""The public keys of the identity provider: kept for a while; fetched again for a key that is not known."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from joserfc.errors import JoseError
from joserfc.jwk import RSAKey

REFETCH_SECONDS = 60.0
"""The shortest time between two fetches for unknown keys, so that forged tokens cannot flood the provider."""


class UnknownKeyError(Exception):
    """No published key has this id."""


class KeyCache:
    """RSA signing keys by id; shared by threads."""

    def __init__(
        self,
        fetch: Callable[[], Any],
        ttl_seconds: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """`fetch` answers a JWK set as parsed JSON."""
        self._fetch = fetch
        self._ttl = ttl_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._keys: dict[str, RSAKey] = {}
        self._fetched_at = -float("inf")

    def key(self, kid: str) -> RSAKey:
        """The key of this id. Raises UnknownKeyError, or whatever `fetch` raises."""
        with self._lock:
            age = self._clock() - self._fetched_at
            if age >= self._ttl or (kid not in self._keys and age >= REFETCH_SECONDS):
                self._keys = _signing_keys(self._fetch())
                self._fetched_at = self._clock()
            if kid not in self._keys:
                raise UnknownKeyError("the token's key is not published")
            return self._keys[kid]


def _signing_keys(jwks: Any) -> dict[str, RSAKey]:
    """The usable keys of a set; others (encryption, elliptic curves) are passed over."""
    entries = jwks.get("keys") if isinstance(jwks, dict) else None
    keys = {}
    for entry in entries if isinstance(entries, list) else []:
        if isinstance(entry, dict) and _can_sign(entry):
            try:
                keys[entry["kid"]] = RSAKey.import_key(entry)
            except (JoseError, ValueError, KeyError, TypeError):
                continue
    return keys


def _can_sign(entry: dict[str, Any]) -> bool:
    return (
        entry.get("kty") == "RSA"
        and entry.get("use", "sig") == "sig"
        and entry.get("alg", "RS256") == "RS256"
        and isinstance(entry.get("kid"), str)
    )
