"""Values that somebody writes although no field takes them, on either side."""

from __future__ import annotations

from typing import Any

from sync.field_map import UNREADABLE

NO_ADDRESS = "no e-mail address"
NO_MAP = "a text where the address belongs"
NO_TIME = "no time"
IN_FIRESTORE = {
    "profile.email": NO_ADDRESS,
    "profile.address.street": NO_MAP,
    "membership.joined": NO_TIME,
}
"""By path: what somebody writes into a document. The text of NO_MAP replaces the whole map."""
IN_DJANGO = {"profile.email": "typed by hand in SQL", "membership.joined": "10000-01-01 00:00:00+00"}
"""By path: what somebody writes into the column, which takes it."""
ALL = frozenset(IN_FIRESTORE.values()) | frozenset(IN_DJANGO.values())


def plain(value: Any) -> Any:
    """What stands there: also where the cloud sends a map that says why it cannot be sent."""
    value = getattr(value, "value", value)
    return NO_MAP if isinstance(value, dict) and set(value) == {UNREADABLE} else value


def value_at(document: Any, path: str) -> Any:
    """The value at a path, or what stands in place of a map on the way there."""
    for key in path.split("."):
        if not isinstance(document, dict):
            return document
        document = document.get(key)
    return document
