"""Decides what is to be done about one member, from what was read on both sides. Pure: nothing is written."""

from merge_engine.base import base_for, next_base
from merge_engine.conversions import UnconvertibleError
from merge_engine.documents import canonical, flatten, from_columns, same, same_values
from merge_engine.field_map import FIELDS, NUMBER
from merge_engine.merge import merge
from merge_engine.verdict import CLEAN, STALE, WRITE, Verdict, failed

GIVEN_HERE = "given by the register"
"""The reason for the number and time of a member who is new here: they are known once it is written."""


def decide(presented, known, read_time, creation):
    """The verdict on one member: stale if the read is older than the shadow's, error if a value is wrong."""
    if read_time < known.shadow.read_time:
        return Verdict(presented, STALE)
    try:
        return _decide(presented, known, creation)
    except UnconvertibleError as error:
        return failed(presented, "invalid_value", str(error), True)


def _decide(presented, known, creation):
    raw = None if presented.document is None else flatten(presented.document)
    theirs = None if raw is None else canonical(raw)
    ours = None if known.columns is None else from_columns(known.columns)
    base = base_for(presented, known)
    merged = merge(ours, theirs, base)
    after = merged.values
    reasons = merged.reasons
    if after is not None and ours is None:
        stated, after = after, _as_created(presented.kennitala, after, creation)
        reasons = dict(reasons, **_given_here(stated, after))
    outcome = CLEAN if same_values(after, raw) else WRITE
    agreed = after if outcome == CLEAN else None if base.erased else _agreed(theirs, base, ours, after)
    return Verdict(
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
    """What both sides agree on while the document is yet to be written over.

    If the document does not state a required field, nothing new is agreed on it: what was agreed before
    stays, or, for a member who is new here, what we gave it.
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


def _as_created(kennitala, values, creation):
    """The values of a member who is new here, with what Firestore left open filled in."""
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
    """The reason of each field that the register filled in, and of the number, which only it can give."""
    return {
        field.path: GIVEN_HERE
        for field in FIELDS
        if field.path == NUMBER or not same(stated[field.path], filled[field.path])
    }
