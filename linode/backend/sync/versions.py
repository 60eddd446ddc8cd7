"""What the other half said of itself: its field map, in a header of each call.

What both halves know is `merge_engine.shared_fields`'s to say. This module hears it, and remembers it for
those who ask how the sync stands.
"""

import time

from merge_engine.field_map import BY_PATH
from merge_engine.shared_fields import HERE, LONGEST, TOLD, OtherMapError, Shared, shared
from rest_framework.exceptions import APIException

from sync.models import CloudFieldMap
from sync.statements import execute

HEADER = "Ekklesia-Field-Map"
NOTED_SECONDS = 60
"""So often what is heard again and again is noted."""
NOTHING_SHARED = Shared((), frozenset(BY_PATH))
_noted = {}


class OtherVersion(APIException):
    """The halves cannot speak with each other until both have the same release: the call is tried again."""

    status_code = 503
    default_code = "other_version"


def heard(request):
    """What both halves know, by what the caller says; noted for `standing`. Raises OtherVersion."""
    told = request.META.get("HTTP_" + HEADER.upper().replace("-", "_"))
    try:
        both = shared(told)
    except OtherMapError as error:
        raise OtherVersion("{}; try again once both halves have the same release.".format(error))
    _note("" if told is None else told)
    return both


def _note(told):
    """Remember what the cloud says, at once if it is new, else once a minute."""
    now = time.monotonic()
    if _noted.get(told, 0) > now:
        return
    _noted.clear()
    _noted[told] = now + NOTED_SECONDS
    execute("note_field_map", [told[:LONGEST]])


def standing():
    """How the halves' field maps stand to each other: whether they are alike, and the fields that rest.

    `since`: when the cloud first said so; `heard_at`: when last; None if it never called.
    """
    row = CloudFieldMap.objects.first()
    if row is None:
        return {"alike": True, "resting": [], "since": None, "heard_at": None}
    try:
        both = shared(row.told or None)
    except OtherMapError:  # heard by another release of this half
        both = NOTHING_SHARED
    alike = both.cloud == HERE if both.cloud else not both.apart
    return {"alike": alike, "resting": sorted(both.apart), "since": row.since, "heard_at": row.heard_at}


def tell(response):
    """Let the answer say which fields this half knows."""
    response[HEADER] = TOLD
    return response
