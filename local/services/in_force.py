"""From when on something counts that Google accepts at once and lets count a little later."""

from __future__ import annotations

import time
from typing import Any

from local.resource_store import Record

IN_FORCE_FROM = "inForceFrom"
"""In a record's status: seconds since the epoch. Without it the resource counts from the beginning."""


def in_force_after(seconds: float) -> dict[str, Any]:
    """The status of a resource that counts after so long."""
    return {IN_FORCE_FROM: time.time() + seconds} if seconds > 0 else {}


def is_in_force(record: Record) -> bool:
    """Whether the resource counts by now."""
    return seconds_until_in_force(record) <= 0


def seconds_until_in_force(record: Record) -> float:
    """How long the resource does not count yet; 0 or less if it does."""
    return float(record.status.get(IN_FORCE_FROM, 0)) - time.time()
