"""What is to be done about one member, from what was read on both sides; pure, so it can be tried freely."""

from typing import Any, Dict, List, NamedTuple, Optional

from merge_engine import conversions
from merge_engine.conversions import UnconvertibleError
from merge_engine.documents import canonical, flatten, same, same_values
from merge_engine.field_map import FIELDS, NUMBER
from merge_engine.merge import EXISTENCE, Base, Lost, merge

CLEAN, WRITE, STALE, ERROR, HELD = "clean", "write", "stale", "error", "held"
GIVEN_HERE = "given by the register"
"""The reason of what a member who is new here gets: its number and time are known when it is written."""


class Presented(NamedTuple):
    """A member's document as the cloud read it. Times in nanoseconds, but for `update_time_text`, as sent."""

    kennitala: str
    document: Optional[Dict[str, Any]]
    update_time: Optional[int]
    update_time_text: Optional[str]
    operation: Optional[str]


class Known(NamedTuple):
    """What is known here: columns by field path (None: no member), shadow, intents by operation.

    `in_flight`: a write of ours may still land on what was read.
    """

    columns: Optional[Dict[str, Any]]
    shadow: Any
    intents: Dict[str, Any]
    in_flight: bool = False


class Creation(NamedTuple):
    """What a member who is new here gets: an id (None in a dry run) and the time of joining (wire form)."""

    django_id: Optional[int]
    joined: str


class Decision(NamedTuple):
    """The outcome and all that follows from it.

    `before` and `after`: the member here; `firestore`: the document as read, raw; `base` for the shadow;
    `rev` once decided; `in_flight` as in `Known`.
    """

    presented: Presented
    outcome: str
    before: Optional[Dict[str, Any]] = None
    after: Optional[Dict[str, Any]] = None
    firestore: Optional[Dict[str, Any]] = None
    base: Optional[Base] = None
    rev: int = 0
    conflicts: List[Lost] = []
    reasons: Dict[str, str] = {}
    error: Optional[Dict[str, Any]] = None
    in_flight: bool = False

    @property
    def changes_django(self):
        """Whether the member here is written."""
        return self.outcome in (CLEAN, WRITE) and not same_values(self.before, self.after)


def failed(presented, code, message, permanent):
    """An error of this member alone."""
    error = {"code": code, "message": message, "permanent": permanent}
    return Decision(presented, ERROR, error=error)


def decide(presented, known, read_time, creation):
    """Merge one member. A read older than the shadow's is stale; an unconvertible value is an error."""
    if read_time < known.shadow.read_time:
        return Decision(presented, STALE)
    try:
        return _decide(presented, known, creation)
    except UnconvertibleError as error:
        return failed(presented, "invalid_value", str(error), True)


def _decide(presented, known, creation):
    raw = None if presented.document is None else flatten(presented.document)
    theirs = None if raw is None else canonical(raw)
    ours = None if known.columns is None else from_columns(known.columns)
    base = merge_base(presented, known)
    merged = merge(ours, theirs, base)
    after = merged.values
    reasons = merged.reasons
    if after is not None and ours is None:
        stated, after = after, _as_created(presented.kennitala, after, creation)
        reasons = dict(reasons, **_given_here(stated, after))
    outcome = CLEAN if same_values(after, raw) else WRITE
    agreed = after if outcome == CLEAN else None if base.erased else _agreed(theirs, base, ours, after)
    return Decision(
        presented,
        outcome,
        before=ours,
        after=after,
        firestore=raw,
        base=next_base(base, agreed),
        rev=known.shadow.rev + (not same_values(ours, after)),
        conflicts=merged.conflicts,
        reasons=reasons,
        in_flight=known.in_flight,
    )


def _agreed(theirs, base, ours, after):
    """The document that is yet to be written over, as a base.

    Of a required field that it does not state nothing new is agreed; a member who is new here was given it
    by us.
    """
    if theirs is None:
        return None
    earlier = after if ours is None else base.values or base.tombstone
    return {
        field.path: (earlier or {}).get(field.path)
        if field.required and theirs[field.path] is None
        else theirs[field.path]
        for field in FIELDS
    }


def from_columns(columns):
    """The wire values of a member's columns. Raises UnconvertibleError, saying that it is the value here."""
    try:
        return {field.path: conversions.from_column(field, columns[field.path]) for field in FIELDS}
    except UnconvertibleError as error:
        raise UnconvertibleError("in Django: {}".format(error))


def merge_base(presented, known):
    """The shadow's base, unless the document carries the mark of a write of ours that was never acknowledged.

    Such a write did land, so what it wrote is what both sides last agreed on. A dead intent counts only where
    a late "create" of ours brought back a document that both sides had agreed was gone.
    """
    shadow = known.shadow
    intent = known.intents.get(presented.operation)
    late_creation = intent and not intent.live and intent.precondition_time is None and shadow.base is None
    if intent and (intent.live or (late_creation and presented.document is not None)):
        tombstone = intent.document or shadow.base or shadow.tombstone
        return Base(intent.document, tombstone, shadow.erased and intent.document is None)
    return Base(shadow.base, shadow.tombstone, shadow.erased)


def next_base(base, agreed):
    """The base after both sides were seen to agree on `agreed`; what is gone leaves its last values.

    But for the erased: of them no value is kept until they are entered again, and both sides hold that.
    """
    if agreed is None and base.erased:
        return Base(None, None, True)
    if agreed is None:
        return Base(None, base.values or base.tombstone, False)
    return Base(agreed, None, False)


def _as_created(kennitala, values, creation):
    """Fill in what Firestore left open for a member who is new here."""
    filled = dict(values)
    for field in FIELDS:
        if filled[field.path] is None and field.required:
            filled[field.path] = field.default
    filled["kennitala"] = kennitala
    filled[NUMBER] = creation.django_id
    filled["membership.joined"] = filled["membership.joined"] or creation.joined
    if filled["name"] is None:
        raise UnconvertibleError("name is missing")
    return filled


def _given_here(stated, filled):
    """The reason of each field that the register filled in, the number included that only it can give."""
    return {
        field.path: GIVEN_HERE
        for field in FIELDS
        if field.path == NUMBER or not same(stated[field.path], filled[field.path])
    }


def changes_in_django(decision):
    """What the decision changes here, field by field with the reason."""
    if not decision.changes_django:
        return []
    return _differences(decision.before, decision.after, decision.reasons)


def changes_in_firestore(decision):
    """The same of the document there; empty where it stays."""
    if decision.outcome != WRITE:
        return []
    return _differences(decision.firestore, decision.after, decision.reasons)


def _differences(before, after, reasons):
    found = []
    if (before is None) != (after is None):
        entry = {"field": EXISTENCE, "before": before is not None, "after": after is not None}
        found.append(dict(entry, reason=reasons.get(EXISTENCE, "")))
    if after is None:
        return found
    for field in FIELDS:
        old, new = (before or {}).get(field.path), after[field.path]
        if not same(old, new) or _is_yet_to_be_given(field, new):
            reason = reasons.get(field.path) or reasons.get(EXISTENCE, "")
            reason = "written in canonical form" if reason == "equal" else reason
            found.append({"field": field.path, "before": old, "after": new, "reason": reason})
    return found


def _is_yet_to_be_given(field, value):
    """A dry run takes no number for a member who is new here; it still says that there will be one."""
    return field.path == NUMBER and value is None
