"""Writes that nobody has heard of, and that may yet land; as long as one may, its member stays dirty.

A write that lands late is the sync's own, so its event is no news to the cloud: what it brings back would be
seen by the nightly comparison alone.
"""

LANDING_SECONDS = 90
"""A write that has not landed so long after it was decided never will: its client waits for 60 seconds."""


def may_still_land(intents, update_time, is_recent):
    """Whether one of a member's intents may still land on a document of this update time (None: none)."""
    return any(
        intent.precondition_time == update_time and not intent.landed and is_recent(intent)
        for intent in intents
    )
