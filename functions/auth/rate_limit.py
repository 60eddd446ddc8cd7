"""How often a log-in may fail: counted in a database of Firestore's of its own, across all instances.

Only failures count: a meeting hall behind one address logs in without touching the count. They count for
an address and for a person, which are kept as keyed hashes. Fails closed: without an answer from Firestore
nobody is let through, and callers without an address share one count. Written with preconditions instead of
a transaction, so that simultaneous failures do not lock each other.
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
"""Simultaneous failures that may get in each other's way before one is given up."""
IPV6_SITE_BITS = 64
"""One household or server commands all addresses of such a network."""
SECONDS = 5.0


class RateLimitedError(Exception):
    """Too many failures; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__("too many failed attempts")
        self.retry_after = retry_after


@dataclass(frozen=True)
class RateLimit:
    """`failures` in every `window`, for each of one kind: an address, or a person."""

    client: firestore.Client
    key: bytes
    """Of the hash: without it the addresses cannot be guessed back."""
    kind: str
    failures: int
    window: timedelta

    def check(self, subject: str) -> None:
        """Raises RateLimitedError after too many failures, or Firestore's error if it cannot be asked."""
        snapshot = self._document(subject).get(timeout=SECONDS)
        recent = self._recent(snapshot)
        if len(recent) >= self.failures:
            raise RateLimitedError(self._seconds_until_free(recent[0], snapshot.read_time))

    def count(self, subject: str) -> None:
        """Count a failure. Raises RateLimitedError if too many others are counted at the same time."""
        document = self._document(subject)
        for _ in range(WRITE_ATTEMPTS):
            snapshot = document.get(timeout=SECONDS)
            if self._write(document, snapshot, [*self._recent(snapshot), snapshot.read_time]):
                return
        raise RateLimitedError(1)

    def _recent(self, snapshot: Any) -> list[datetime]:
        """The newest failures within the window, oldest first; the clock is Firestore's own."""
        begin = snapshot.read_time - self.window
        known = (snapshot.to_dict() or {}).get("failures", [])
        return sorted(moment for moment in known if moment > begin)[-self.failures :]

    def _write(self, document: Any, snapshot: Any, failures: list[datetime]) -> bool:
        """Write, unless somebody else wrote since it was read."""
        fields = {"failures": failures, "expiresAt": failures[-1] + self.window}
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

    def _document(self, subject: str) -> Any:
        name = hmac.new(self.key, f"{self.kind}:{subject}".encode(), hashlib.sha256).hexdigest()
        return self.client.collection(COLLECTION).document(name)


def site_of(forwarded_for: str | None) -> str:
    """What counts as one caller: an IPv4 address, an IPv6 network, or all that have no readable address."""
    try:
        parsed = ip_address(client_address(forwarded_for) or "")
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
