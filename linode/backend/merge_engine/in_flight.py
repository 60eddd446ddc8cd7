"""Writes whose result is unknown and that may still land. As long as one may, its member stays dirty.

The cloud ignores the event of a write of the sync's own. So if one landed late, only the nightly comparison
would see what it brought back.
"""

LANDING_SECONDS = 90
"""So long after it was decided, a write can land no more: its client gives up after 60 seconds."""


def may_still_land(intents, update_time, is_recent):
    """Whether one of these intents may still land on a document with this update time (None: no document)."""
    return any(
        intent.precondition_time == update_time and not intent.landed and is_recent(intent)
        for intent in intents
    )
