"""What shows in a member's document that a store was set back, although the epoch does not say so.

The epoch says nothing if `members` alone was restored, or if a store was restored to a moment between two
numbers. But a document bears the mark of our last write and says when it was written, and the register
remembers both as it saw them last. Neither goes back by itself. So each document that was set back shows it,
and so does each that we wrote after the register's backup.
"""

from merge_engine.documents import canonical, flatten, from_columns, holds
from merge_engine.epoch import FIRESTORE, REGISTER, SetBackError
from merge_engine.in_flight import LANDING_SECONDS
from merge_engine.instants import NANOSECONDS
from merge_engine.kennitala import masked
from merge_engine.verdict import failed

CODE = "set_back"
SLACK = LANDING_SECONDS * NANOSECONDS
"""A write says that it was made when its request came, which is at most so long before it is committed."""


def seen_in(presented, read_time):
    """How a document was seen at `read_time`, for the shadow: its mark, update time and `updatedAt`."""
    return _seen(presented.operation, read_time, presented.update_time, presented.edited)


def seen_by_write(intent, read_time, update_time):
    """The same after a write of ours landed; the time that Firestore put into `updatedAt` is not known."""
    return _seen(intent.operation, read_time, None if intent.document is None else update_time, None)


def last_seen(shadow):
    """How the document was seen last; None if code of an earlier release did not note it."""
    seen = shadow.mark
    return seen if seen and seen["read_time"] == shadow.read_time else None


def judge(presented, known, read_time):
    """An error for the member whose document cannot have come to this state by itself; None if it can.

    A read older than the shadow's shows an older document as it should. After an erasure nothing is known of
    earlier writes. If both sides hold the same, nothing can spread.
    """
    shadow = known.shadow
    if presented.document is None or shadow.erased or read_time < shadow.read_time:
        return None
    which = _set_back(presented, known)
    if which is None or _agree(presented, known):
        return None
    reason = REASONS[which].format(masked(presented.kennitala))
    error = SetBackError(which, reason, by_mark=True)
    return failed(presented, CODE, str(error), False)._replace(set_back=error)


def is_decided(presented, known, decided_at):
    """Whether a person has decided since the document was written, and since it was seen last.

    `decided_at`: in nanoseconds, or None.
    """
    return max(presented.update_time, known.shadow.read_time) <= (decided_at or 0)


REASONS = {
    REGISTER: "the document of {} bears a mark of the sync that the register never gave: it was set back",
    FIRESTORE: "the document of {} is in an earlier state than it was: Firestore was set back",
}


def _agree(presented, known):
    """Whether the document holds what the register does, in all that both halves know."""
    if known.columns is None:
        return False
    raw = flatten(presented.document, presented.shared.fields)
    return holds(canonical(raw), presented.shared.of(from_columns(known.columns)))


def _set_back(presented, known):
    """Which store this document shows to be set back, or None."""
    seen, operation = last_seen(known.shadow), presented.operation
    if seen is not None and _is_earlier(presented, seen):
        return FIRESTORE
    if operation is None or (seen is not None and operation == seen["operation"]):
        return None
    intent = known.intents.get(operation)
    if intent is not None:
        return FIRESTORE if intent.landed and seen is not None else None
    # What the code of an earlier release wrote may be forgotten; but a document that was never read is new.
    return REGISTER if seen is not None or known.shadow.read_time == 0 else None


def _is_earlier(presented, seen):
    """Whether one of the document's times is before what was seen. An import sets a new update time."""
    before = seen.get("update_time") or seen["read_time"]
    if "update_time" in seen and presented.update_time < before:
        return True
    edited = presented.edited
    if edited is None or seen.get("edited") is None:
        return False
    return edited < seen["edited"] and presented.update_time - edited > SLACK


def _seen(operation, read_time, update_time, edited):
    times = {"update_time": update_time, "edited": edited}
    return dict(times, operation=operation, read_time=read_time)
