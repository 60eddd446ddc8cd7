"""A corrected kennitala: the member is at the new number, and the document is perhaps still at the old one.

The register notes a move in the transaction that makes it. It is open until the old number was seen without
a document, together with the new number. Until then both numbers are merged together, and only together:
what stands in the document at the old number counts as if it stood at the new one, and the write to the new
number takes it over. After that, a document that appears at the old number all the same is taken over, too.
"""

from typing import Any, Dict, List, NamedTuple, Optional

from merge_engine.base import Base, agreed_on, base_for, next_base
from merge_engine.documents import canonical, flatten, same
from merge_engine.erased_keys import NEVER_ERASED, Standing, standing
from merge_engine.field_map import BY_PATH, DJANGO_ALWAYS
from merge_engine.instants import is_before
from merge_engine.merge import FIRESTORE, Lost
from merge_engine.shared_fields import WAITS
from merge_engine.unfit import is_unfit, shown
from merge_engine.verdict import CLEAN, STALE, TOGETHER, WRITE, Known, Presented, Verdict, failed

NEVER = 2**63 - 1
"""The read time in the shadows of an open move: code that knows of no moves finds every read too old."""
AT_THE_OLD_NUMBER = "changed at the old number"


class Move(NamedTuple):
    """`read_time`: when the documents of an open move were last read (nanoseconds)."""

    old: str
    new: str
    is_open: bool
    read_time: int


class Remembered(NamedTuple):
    """A shadow, with the time of the last read that stands in the move."""

    ssn: str
    rev: int
    base: Any
    tombstone: Any
    read_time: int
    erased: bool
    held: Any
    resting: Any
    mark: Any


class Source(NamedTuple):
    """The old number of a move: its document, and what is known of it."""

    presented: Presented
    known: Known


class Joined(NamedTuple):
    """A member at a new number, with what stands at the old ones.

    `presented` and `known`: as if the document that is adopted stood at the new number. `taken`: the sources
    that have a document, which the write takes over. `adopted`: the one whose document stands for the
    member's, or whose base does; None if the new number has its own. `edits`: what else was changed at the
    old numbers; `bases`: what both sides then agree on there, by kennitala. `standing`: what an erasure of
    this person means for the member.
    """

    presented: Presented
    known: Known
    taken: List[Source] = []
    adopted: Optional[Source] = None
    edits: Dict[str, Any] = {}
    bases: Dict[str, Base] = {}
    standing: Standing = NEVER_ERASED


class Edit(NamedTuple):
    """A value that somebody wrote at an old number, and what was agreed on there before.

    `is_informed`: both sides had agreed on that document, so its author knew what there was.
    """

    value: Any
    agreed: Any
    is_informed: bool


def remembered(shadow, moves):
    """The shadow with the time of the last read: in an open move, the move has it."""
    times = [move.read_time for move in moves if move.is_open]
    read_time = max(times) if times else shadow.read_time
    kept = (shadow.ssn, shadow.rev, shadow.base, shadow.tombstone)
    return Remembered(*kept, read_time, shadow.erased, shadow.held, shadow.resting, shadow.mark)


def after_erasures(moves, read):
    """The moves that an erasure has not ended, and all members as they stand without the others.

    `read`: kennitala → presented, known. What stands at an old number and is from before an erasure is erased
    by itself, and goes along to nobody. If the base stood there, it says of the new number, too, that the
    member was synced before; so an open move ends only where both numbers are seen.
    """
    found = {key: standing(*place) for key, place in read.items()}
    seen = [move for move in moves if move.old in read and (move.new in read or not move.is_open)]
    ended = [move for move in seen if found[move.old].is_from_before]
    apart = dict(read)
    for move in ended:
        if move.new in read and found[move.old].returned:
            apart[move.new] = _with_base_of(read[move.old], *read[move.new])
    return [move for move in moves if move not in ended], apart


def _with_base_of(old, presented, known):
    there, here = old[1].shadow, known.shadow
    synced = here.base or here.tombstone or there.base or there.tombstone
    return presented, known._replace(shadow=here._replace(tombstone=synced))


def is_away(move, known):
    """Whether nobody is at this old number yet: the document there belongs to the new number."""
    return move is not None and (move.is_open or known.columns is None)


def waits_for_others(presented, partners):
    """The verdict on a member who is merged only together with these others."""
    if not presented.knows_moves:
        return failed(presented, "versions_differ", WAITS, False)
    return Verdict(presented, TOGETHER, together=sorted(partners))


def at_old_number(presented, known, move, new_verdict, read_time):
    """The verdict on an old number. `new_verdict`: that on the new one; None if it was not presented.

    Once the document is gone from here, the move is closed, unless a write may still land here. If somebody
    else has been entered with this number meanwhile, they are merged in the next round.
    """
    if is_before(read_time, known.shadow.read_time):
        return Verdict(presented, STALE)
    if new_verdict is not None and new_verdict.outcome == TOGETHER:
        return waits_for_others(presented, [move.new])
    if presented.document is not None or (move.is_open and new_verdict is None):
        waits = waits_for_others(presented, [move.new])
        return waits if new_verdict is None else waits._replace(moved_to=move.new)
    is_done = new_verdict is None or new_verdict.outcome in (CLEAN, WRITE)
    is_taken = known.columns is not None
    there = base_for(presented, known)
    if new_verdict is not None and new_verdict.standing.returned:
        there = there._replace(erased=True)
    base = Base() if is_taken else next_base(there, None)
    return Verdict(
        presented,
        STALE if is_taken else CLEAN,
        base=base,
        rev=known.shadow.rev,
        in_flight=known.in_flight or not is_done,
        moved_to=move.new,
    )


def closes(verdict):
    """Whether this verdict ends the move that began at its number."""
    return verdict.moved_to is not None and verdict.outcome in (CLEAN, STALE) and not verdict.in_flight


def join(presented, known, sources):
    """The member at the new number, with what stands at the old ones."""
    taken = [source for source in sources if source.presented.document is not None]
    found = _standing(presented, known, taken)
    adopted = _adopted(presented, known, sources, taken)
    if adopted is not None:
        presented, known = _as_adopted(presented, known, adopted, sources)
    edits, bases = {}, {}
    for source in [source for source in taken if source is not adopted]:
        stated = _stated(source)
        edits.update({} if found.returned else _edits(source, stated))
        bases[source.presented.kennitala] = _agreed(source, stated)
    return Joined(presented, known, taken, adopted, edits, bases, found)


def _standing(presented, known, taken):
    """That at the new number. If the member there is from before an erasure, so is what goes along."""
    found = standing(presented, known)
    goes_along = found.returned and bool(taken) and presented.document is None
    return found._replace(old_document=True) if goes_along else found


def with_edits(edits, ours, theirs, base):
    """`theirs` and the base with the edits that are taken, and the others as lost.

    An edit is taken if its author knew what there was, and nobody has changed that field at the new number.
    """
    if not edits:
        return theirs, base, []
    theirs, agreed, lost = dict(theirs), dict(base.values or {}), []
    for path, edit in edits.items():
        there = theirs[path]
        is_changed = not same(there, agreed_on(base.values, BY_PATH[path]))
        if is_unfit(edit.value) or base.erased or is_changed or not edit.is_informed:
            if not same(shown(edit.value), shown(there)):
                kept = None if ours is None else shown(ours[path])
                lost.append(Lost(path, FIRESTORE, kept, shown(edit.value), AT_THE_OLD_NUMBER))
            continue
        theirs[path] = edit.value
        if ours is not None and same(ours[path], edit.agreed):
            agreed[path] = edit.agreed
    return theirs, base if base.values is None else base._replace(values=agreed), lost


def _adopted(presented, known, sources, taken):
    """Whose document, or else whose base, stands for the member's; None if the new number has its own."""
    if taken:
        return taken[0] if presented.document is None else None
    remembering = [source for source in sources if source.known.shadow.base is not None]
    return remembering[0] if remembering and known.shadow.base is None else None


def _as_adopted(presented, known, source, sources):
    """What was read at the old number, as if it had been read at the new one."""
    old = source.presented
    candidates = [it.known.shadow for it in [source] + list(sources)] + [known.shadow]
    remembering = [shadow for shadow in candidates if shadow.base is not None or shadow.erased]
    shadow = (remembering or [it for it in candidates if it.tombstone is not None] or candidates)[0]
    there = known._replace(
        shadow=shadow._replace(rev=known.shadow.rev, read_time=known.shadow.read_time),
        intents=dict(known.intents, **source.known.intents),
    )
    if old.document is None:
        return presented, there
    read = {name: getattr(old, name) for name in ("operation", "told", "edited")}
    document = old.document
    if document.get("kennitala") == old.kennitala:
        document = dict(document, kennitala=presented.kennitala)
    return presented._replace(document=document, **read), there


def _stated(source):
    """The canonical values of the document at an old number."""
    presented = source.presented
    return canonical(flatten(presented.document, presented.shared.fields))


def _edits(source, stated):
    """What was changed there since both sides agreed; what a document does not state is no change."""
    base = base_for(*source)
    earlier = base.values or base.tombstone or {}
    found = {}
    for path, value in stated.items():
        field = BY_PATH[path]
        agreed = agreed_on(earlier, field)
        is_edit = not (same(shown(value), agreed) or (field.required and value is None) or base.erased)
        if is_edit and field.policy != DJANGO_ALWAYS:
            found[path] = Edit(value, agreed, base.values is not None)
    return found


def _agreed(source, stated):
    """What both sides agree on at an old number once its changes are merged at the new one."""
    base = base_for(*source)
    earlier = base.values or base.tombstone or {}
    values = {
        path: agreed_on(earlier, BY_PATH[path]) if BY_PATH[path].required and value is None else shown(value)
        for path, value in stated.items()
    }
    return next_base(base, None if base.erased else dict(earlier, **values))
