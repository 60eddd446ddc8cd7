"""Decides what is to be done about one member, from what was read on both sides. Pure: nothing is written."""

from merge_engine.after_restore import ground
from merge_engine.base import Base, agreed_on, next_base
from merge_engine.consent import revived, withdrawn
from merge_engine.conversions import UnconvertibleError
from merge_engine.documents import canonical, flatten, from_columns, holds, same
from merge_engine.erased_keys import MESSAGE, base_after
from merge_engine.field_map import BY_PATH, FIELDS, NUMBER
from merge_engine.instants import is_before
from merge_engine.merge import merge
from merge_engine.moves import with_edits
from merge_engine.shared_fields import WAITS
from merge_engine.unfit import shown
from merge_engine.verdict import CLEAN, STALE, WRITE, Verdict, failed, waiting

GIVEN_HERE = "given by the register"
"""The reason for the number and time of a member who is new here: they are known once it is written."""


def decide(joined, read_time, creation, restored=None):
    """The verdict on one member: stale if the read is older than the shadow's, error if there is no name.

    `joined`: what was read and is known of the member, with what stands at old numbers (see `moves`).
    `restored`: the store that a person says was restored (`merge_engine.after_restore`), or None.
    """
    if is_before(read_time, joined.known.shadow.read_time):
        return Verdict(joined.presented, STALE)
    if joined.standing.asks:
        return waiting(joined.presented, joined.standing.held, MESSAGE)
    try:
        return _decide(joined, creation, restored)
    except UnconvertibleError as error:
        return failed(joined.presented, "invalid_value", str(error), True)


def _decide(joined, creation, restored):
    presented, known, found = joined.presented, joined.known, joined.standing
    shared = presented.shared
    raw = None if presented.document is None else flatten(presented.document, shared.fields)
    theirs = None if raw is None else canonical(raw)
    there = None if known.columns is None else shared.of(from_columns(known.columns))
    ours = None if found.returned else there
    base, trusted, doubtful = ground(presented, known, theirs, restored)
    base = base_after(base, found, theirs is not None)
    back = revived(theirs, base, presented.edited, known.shadow.read_time)
    theirs = dict(theirs, **dict.fromkeys(back, False)) if back else theirs
    wanted, seen, lost = with_edits(joined.edits, ours, theirs, base)
    merged = merge(ours, wanted, seen, trusted, doubtful)
    after = merged.values
    if shared.apart and _needs_every_field(ours, theirs, base, after):
        return failed(presented, "versions_differ", WAITS, False)
    reasons = merged.reasons
    if after is not None and ours is None:
        stated, after = after, _as_created(presented.kennitala, after, merged.resting, creation)
        reasons = dict(reasons, **_given_here(stated, after))
    is_there = holds(raw, after) and _is_told(presented, merged.resting) and not found.old_document
    outcome = CLEAN if is_there and not joined.taken else WRITE
    rest = _agreed_on_the_rest(ours, theirs, base, shared)
    settled = _joined(_settled(ours, theirs, base, after, merged.resting), rest)
    agreed = settled
    if outcome == WRITE:
        earlier = settled if ours is None else base.values or base.tombstone
        agreed = None if base.erased else _joined(_agreed(theirs, earlier or {}, merged.resting), rest)
    return Verdict(
        presented,
        outcome,
        before=there,
        after=after,
        settled=settled,
        firestore=raw,
        rev=known.shadow.rev + (not holds(ours, after)),
        conflicts=merged.conflicts + lost + withdrawn(back, ours),
        reasons=reasons,
        in_flight=known.in_flight,
        resting=merged.resting,
        standing=found,
        takes_over=[source.presented for source in joined.taken],
        **_bases(joined, next_base(base, agreed)),
    )


def _bases(joined, base):
    """The base for the shadow. While the member's document stands at an old number, that one's keeps it."""
    if not joined.adopted or not joined.taken:
        return {"base": base, "bases": joined.bases}
    here = Base(None, base.values or base.tombstone, base.erased)
    there = {joined.adopted.presented.kennitala: base}
    return {"base": here, "bases": dict(joined.bases, **there)}


def _is_told(presented, resting):
    """Whether the document says which fields rest. (A cloud of an earlier version says nothing of it.)"""
    return presented.document is None or presented.told is None or presented.told == resting


def _needs_every_field(ours, theirs, base, after):
    """Whether a value that one half does not know would go: with a member, or with what was erased."""
    if base.erased:
        return ours is not None and theirs is not None
    return after is None and not (ours is None and theirs is None)


def _agreed_on_the_rest(ours, theirs, base, shared):
    """What was agreed on the fields that one half does not know; a side that is made now begins without."""
    if ours is None or theirs is None:
        return {}
    known = {field.path for field in shared.fields}
    return {path: value for path, value in (base.values or {}).items() if path not in known}


def _joined(known, rest):
    """What is agreed on all fields; None if that is "no member"."""
    return None if known is None else dict(rest, **known)


def _settled(ours, theirs, base, after, resting):
    """What both sides agree on once all is written. On a field that rests, that stays what it was.

    If one side had no member, it has the field as a new row, or a new document, has it.
    """
    if after is None:
        return None
    earlier = {} if ours is None or theirs is None else base.values or base.tombstone or {}
    fields = [field for field in FIELDS if field.path in after or field.path in resting]
    new = {field.path: field.default if ours is None and field.required else None for field in fields}
    return {
        field.path: after[field.path]
        if field.path not in resting
        else earlier.get(field.path, new[field.path])
        for field in fields
    }


def _agreed(theirs, earlier, resting):
    """What both sides agree on while the document is yet to be written over.

    If the document does not state a required field, nothing new is agreed on it: what was agreed `earlier`
    stays, or, for a member who is new here, what we gave it; so it is with a field that rests. What no field
    takes, and is written over, is remembered as it stands, so that its loss is logged once.
    """
    if theirs is None:
        return None
    stays = {
        field.path: field.path in resting or (field.required and theirs[field.path] is None)
        for field in FIELDS
        if field.path in theirs
    }
    return {path: agreed_on(earlier, BY_PATH[path]) if stays[path] else shown(theirs[path]) for path in stays}


def _as_created(kennitala, values, resting, creation):
    """The values of a member who is new here, with what Firestore left open filled in."""
    filled = dict(values)
    for field in [field for field in FIELDS if field.path in filled]:
        if field.path not in resting and filled[field.path] is None and field.required:
            filled[field.path] = field.default
    filled["kennitala"] = kennitala
    filled[NUMBER] = creation.django_id
    filled["membership.joined"] = filled["membership.joined"] or creation.joined
    if filled.get("name") is None:
        raise UnconvertibleError(resting.get("name", "name is missing"))
    return filled


def _given_here(stated, filled):
    """The reason of each field that the register filled in, and of the number, which only it can give."""
    return {
        field.path: GIVEN_HERE
        for field in FIELDS
        if field.path == NUMBER or not same(stated.get(field.path), filled.get(field.path))
    }
