"""Takes in what the cloud reports: which writes landed, and which members failed.

Only a live intent is acknowledged. The write of a dead one was seen, or overtaken, already: the base has
moved past it, and the member's rows stay as they are.
"""

from typing import NamedTuple, Optional

from merge_engine.base import Base, next_base
from merge_engine.in_flight import may_still_land
from merge_engine.moves import NEVER
from merge_engine.set_back import seen_by_write

ACKNOWLEDGED, DEAD_INTENT, STILL_DIRTY = "acknowledged", "dead_intent", "still_dirty"
RETRY_NOTED, DEAD_LETTER = "retry_noted", "dead_letter"


class Acknowledgement(NamedTuple):
    """A write that landed. `update_time`: that of its commit, in nanoseconds; None after a deletion."""

    kennitala: str
    operation: str
    rev: int
    update_time: Optional[int]


class Failure(NamedTuple):
    """A member that could not be reconciled."""

    kennitala: str
    message: str
    permanent: bool


def mark_synced(stores, acknowledgements, failures):
    """Record the reports; what became of each member, by kennitala.

    If a member has both, the acknowledgement counts.
    """
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
    shadows = stores.records.locked_shadows([item.kennitala for item in acknowledgements])
    intents = stores.records.live_intents([item.operation for item in acknowledgements])
    live = [item for item in acknowledgements if _is_live(item, intents, shadows)]
    results = {item.kennitala: DEAD_INTENT for item in acknowledgements}
    if live:
        results.update(_move_on(stores, live, intents, shadows))
    return results


def _is_live(item, intents, shadows):
    intent = intents.get(item.operation)
    return intent is not None and intent.ssn == item.kennitala and item.kennitala in shadows


def _move_on(stores, live, intents, shadows):
    """Make what was written the base. A member who has been edited since stays dirty."""
    stores.records.save_shadows(
        [_shadow_row(shadows[item.kennitala], intents[item.operation], item.update_time) for item in live]
    )
    stores.moves.note_read(
        [(item.kennitala, item.update_time or 0) for item in live if _is_moving(shadows[item.kennitala])]
    )
    stores.records.close_intents([item.kennitala for item in live], [item.operation for item in live])
    stores.outbox.finish_up_to([(item.kennitala, intents[item.operation].rev) for item in live])
    moved = {item.kennitala for item in live if has_moved(shadows[item.kennitala], intents[item.operation])}
    dirty = sorted(moved | _in_flight(stores, live, intents))
    stores.outbox.keep_dirty([_queue_row(shadows[kennitala]) for kennitala in dirty], grace_seconds=0)
    return {item.kennitala: STILL_DIRTY if item.kennitala in moved else ACKNOWLEDGED for item in live}


def _in_flight(stores, live, intents):
    """The kennitalas whose document is gone now, and on whom a creation of ours may still land."""
    gone = [item.kennitala for item in live if intents[item.operation].document is None]
    others = stores.records.intents(gone) if gone else {}
    is_recent = stores.records.is_recent
    return {kennitala for kennitala in gone if may_still_land(others[kennitala].values(), None, is_recent)}


def has_moved(shadow, intent):
    """Whether the member has been edited here since the write was decided."""
    return shadow.rev != intent.rev


def _is_moving(shadow):
    """Whether the kennitala was corrected lately; the time of the last read then stands in the move."""
    return shadow.read_time == NEVER


def _shadow_row(shadow, intent, update_time):
    base = Base(shadow.base, shadow.tombstone, shadow.erased)
    values, tombstone, erased = next_base(base, intent.document)
    row = {"ssn": shadow.ssn, "rev": shadow.rev, "read_time": max(shadow.read_time, update_time or 0)}
    row["mark"] = seen_by_write(intent, row["read_time"], update_time)
    return dict(row, base=values, tombstone=tombstone, erased=erased, resting=shadow.resting)


def _queue_row(shadow):
    return {"ssn": shadow.ssn, "rev": shadow.rev, "action": "update", "fields_changed": {}}
