"""Settles what the cloud tells of its writes: those that landed, and the members that failed.

Only a live intent is acknowledged. One that is dead has been accounted for already (its write was seen, or
overtaken): the base has moved past it, and the member's rows stay as they are.
"""

from typing import NamedTuple, Optional

from .decision import next_base
from .merge import Base

ACKNOWLEDGED, DEAD_INTENT, STILL_DIRTY = "acknowledged", "dead_intent", "still_dirty"
RETRY_NOTED, DEAD_LETTER = "retry_noted", "dead_letter"


class Acknowledgement(NamedTuple):
    """A write that landed; `update_time` (nanoseconds) of its commit, None where nothing carries one."""

    kennitala: str
    operation: str
    rev: int
    update_time: Optional[int]


class Failure(NamedTuple):
    """A member that could not be reconciled."""

    kennitala: str
    message: str
    permanent: bool


def settle(stores, acknowledgements, failures):
    """What became of each member, by kennitala; an acknowledgement counts for more than a failure."""
    results = {failure.kennitala: DEAD_LETTER if failure.permanent else RETRY_NOTED for failure in failures}
    stores.outbox.fail(
        [
            {"ssn": failure.kennitala, "message": failure.message, "permanent": failure.permanent}
            for failure in failures
        ]
    )
    results.update(_acknowledge(stores, acknowledgements))
    return results


def _acknowledge(stores, acknowledgements):
    if not acknowledgements:
        return {}
    shadows = stores.memory.locked_shadows([item.kennitala for item in acknowledgements])
    intents = stores.memory.live_intents([item.operation for item in acknowledgements])
    live = [item for item in acknowledgements if _is_live(item, intents, shadows)]
    results = {item.kennitala: DEAD_INTENT for item in acknowledgements}
    if live:
        results.update(_move_on(stores, live, intents, shadows))
    return results


def _is_live(item, intents, shadows):
    intent = intents.get(item.operation)
    return intent is not None and intent.ssn == item.kennitala and item.kennitala in shadows


def _move_on(stores, live, intents, shadows):
    """The base becomes what was written; a member that has been edited since stays dirty."""
    stores.memory.save_shadows(
        [_shadow_row(shadows[item.kennitala], intents[item.operation], item.update_time) for item in live]
    )
    stores.memory.bury_all_intents([item.kennitala for item in live])
    stores.outbox.finish_up_to([(item.kennitala, intents[item.operation].rev) for item in live])
    moved = [item for item in live if has_moved(shadows[item.kennitala], intents[item.operation])]
    stores.outbox.keep_dirty([_queue_row(shadows[item.kennitala]) for item in moved], grace_seconds=0)
    still_dirty = {item.kennitala for item in moved}
    return {item.kennitala: STILL_DIRTY if item.kennitala in still_dirty else ACKNOWLEDGED for item in live}


def has_moved(shadow, intent):
    """Whether the member has been edited here since the write was decided."""
    return shadow.rev != intent.rev


def _shadow_row(shadow, intent, update_time):
    base = Base(shadow.base, shadow.tombstone, shadow.erased)
    values, tombstone, erased = next_base(base, intent.document)
    row = {"ssn": shadow.ssn, "rev": shadow.rev, "read_time": max(shadow.read_time, update_time or 0)}
    return dict(row, base=values, tombstone=tombstone, erased=erased)


def _queue_row(shadow):
    return {"ssn": shadow.ssn, "rev": shadow.rev, "action": "update", "fields_changed": {}}
