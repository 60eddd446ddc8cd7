"""How often a member may edit: 25 times in a minute, whether in the browser or by the function.

The member's document keeps the time of each edit in one of as many places, in turn. An edit takes the next
place, and is refused if that place was taken less than a minute ago. `infra/firestore.rules` says the same to
browsers.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from google.cloud import firestore

PLACES = 25
WINDOW = timedelta(minutes=1)


def taken_place(document: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """The fields with which an edit takes its place, by dotted path; None if it comes too soon."""
    last = document.get("editPlace")
    place = ((last if isinstance(last, int) else PLACES - 1) + 1) % PLACES
    times = document.get("editTimes")
    taken = times.get(str(place)) if isinstance(times, Mapping) else None
    if isinstance(taken, datetime) and now < taken + WINDOW:
        return None
    return {"editPlace": place, f"editTimes.`{place}`": firestore.SERVER_TIMESTAMP}
