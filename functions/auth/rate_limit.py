"""How often one address may try to log in: counted in Firestore, so that it holds across instances.

Addresses are kept as keyed hashes. Fails closed: without an answer from Firestore nobody is let through, and
callers without an address share one count. Written with preconditions instead of a transaction, so that
simultaneous attempts do not lock each other.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud import firestore

COLLECTION = "rate_limits"
WRITE_ATTEMPTS = 10
"""Simultaneous attempts that may get in each other's way before one is refused."""
IPV6_SITE_BITS = 64
"""One household or server commands all addresses of such a network."""
SECONDS = 5.0


class RateLimitedError(Exception):
    """Too many attempts; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many attempts")
        self.retry_after = retry_after


@dataclass(frozen=True)
class RateLimit:
    """`attempts` in every `window`, for each address."""

    client: firestore.Client
    key: bytes
    """Of the hash: without it the addresses cannot be guessed back."""
    attempts: int
    window: timedelta

    def admit(self, address: str | None) -> None:
        """Count an attempt. Raises RateLimitedError, or Firestore's error where it cannot be asked."""
        document = self.client.collection(COLLECTION).document(self._name(address))
        for _ in range(WRITE_ATTEMPTS):
            snapshot = document.get(timeout=SECONDS)
            recent = self._recent(snapshot)
            if len(recent) >= self.attempts:
                raise RateLimitedError(self._seconds_until_free(recent[0], snapshot.read_time))
            if self._count(document, snapshot, [*recent, snapshot.read_time]):
                return
        raise RateLimitedError(1)

    def _recent(self, snapshot: Any) -> list[datetime]:
        """The attempts within the window, oldest first; the clock is Firestore's own."""
        begin = snapshot.read_time - self.window
        return sorted(moment for moment in (snapshot.to_dict() or {}).get("attempts", []) if moment > begin)

    def _count(self, document: Any, snapshot: Any, attempts: list[datetime]) -> bool:
        """Write, unless somebody else wrote since it was read."""
        fields = {"attempts": attempts, "expiresAt": attempts[-1] + self.window}
        try:
            if snapshot.exists:
                option = self.client.write_option(last_update_time=snapshot.update_time)
                document.update(fields, option=option, timeout=SECONDS)
            else:
                document.create(fields, timeout=SECONDS)
        except (
            google_errors.FailedPrecondition,
            google_errors.Conflict,
            google_errors.NotFound,
        ):
            return False
        return True

    def _seconds_until_free(self, oldest: datetime, now: datetime) -> int:
        return max(1, int((oldest + self.window - now).total_seconds()) + 1)

    def _name(self, address: str | None) -> str:
        return hmac.new(self.key, _site(address).encode(), hashlib.sha256).hexdigest()


def _site(address: str | None) -> str:
    """What counts as one: an IPv4 address, an IPv6 network, or all that have no readable address."""
    try:
        parsed = ip_address((address or "").strip())
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        mapped = parsed.ipv4_mapped
        return str(mapped) if mapped else str(int(parsed) >> (128 - IPV6_SITE_BITS))
    return str(parsed)


def client_address(forwarded_for: str | None) -> str | None:
    """The caller's address in `X-Forwarded-For`: the last one, which Google's front end itself adds.

    Those before it are whatever the caller sent.
    """
    return forwarded_for.rpartition(",")[2].strip() or None if forwarded_for else None
