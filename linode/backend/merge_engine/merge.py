"""The three-way merge of one member, pure and driven by the field map.

`django` and `firestore` are what the two sides hold: flat maps {path: canonical value} of the fields that
both know, or None for no member. The `Base` is what they last agreed on. A side that still holds the base has
not edited, so the other side's value is taken. If both have edited, the field's policy decides, and the value
that loses is reported as a conflict.

A value that its field cannot take (`Unfit`) counts as no edit. It rests where it is, and its field with it;
only an edit of the other side goes over it.
"""

from typing import Any, Dict, List, NamedTuple, Optional

from merge_engine.base import Values, agreed_on
from merge_engine.documents import same
from merge_engine.field_map import BY_PATH, DJANGO_ALWAYS, FIELDS, GIVEN, MEMBER_WINS
from merge_engine.unfit import fit, is_unfit, reasons, shown

DJANGO, FIRESTORE = "django", "firestore"
EXISTENCE = "existence"
ERASED = "erased by staff"
ALWAYS, EDITED_THERE = "django always", "changed in firestore"
CANNOT_BE_TAKEN = "no field takes the other value"


class Lost(NamedTuple):
    """A conflict: on which side the value was lost, both values, and the policy that decided."""

    field: str
    lost_on: str
    django: Any
    firestore: Any
    reason: str


class Merged(NamedTuple):
    """What both sides are to hold (None: no member), the conflicts, and the reason for each field's value.

    `resting`: the fields that stay as they are on each side, with the reason; `values` lacks them.
    """

    values: Optional[Values]
    conflicts: List[Lost]
    reasons: Dict[str, str]
    resting: Dict[str, str] = {}


def merge(django, firestore, base, trusted=False, doubtful=False):
    """What both sides are to hold. `trusted` and `doubtful` as in `merge_engine.after_restore`."""
    if django is None and firestore is None:
        return Merged(None, [], {})
    if django is None or firestore is None:
        return _merge_existence(django, firestore, base)
    if base.erased:
        return Merged(fit(django), [], dict.fromkeys(django, ERASED), reasons(django))
    decide = _decide_doubtful if doubtful else _decide_trusted if trusted else _decide
    return _merge_fields(django, firestore, base.values or base.tombstone or {}, decide)


def _merge_existence(django, firestore, base):
    """Merge if only one side has the member."""
    present = django if firestore is None else firestore
    if django is None and base.erased:
        return Merged(None, [], {EXISTENCE: ERASED})
    if base.values is None:
        why = {EXISTENCE: "created in " + (DJANGO if firestore is None else FIRESTORE)}
        return _kept(django, firestore, [], why)
    deleted_in = FIRESTORE if firestore is None else DJANGO
    if _is_untouched(present, base.values):
        losses = _unfit_losses(present, deleted_in, base.values)
        return Merged(None, losses, {EXISTENCE: "deleted in " + deleted_in})
    lost = Lost(EXISTENCE, deleted_in, django is not None, firestore is not None, "an edit beats a delete")
    return _kept(django, firestore, [lost], {EXISTENCE: lost.reason})


def _kept(django, firestore, conflicts, why):
    """The member is on both sides from now on, without what no field takes."""
    present = django if firestore is None else firestore
    values, resting = fit(present), reasons(present)
    if django is None:
        for path in [path for path in resting if BY_PATH[path].policy == DJANGO_ALWAYS]:
            del resting[path]
            values[path] = None
            conflicts = conflicts + [Lost(path, FIRESTORE, None, shown(present[path]), CANNOT_BE_TAKEN)]
    return Merged(values, conflicts, why, resting)


def _unfit_losses(present, deleted_in, agreed):
    """What goes with a deletion although no field took it, for the log; not what is there already."""
    unfit = [(path, value.value) for path, value in present.items() if is_unfit(value)]
    lost = [(path, value) for path, value in unfit if not same(value, agreed.get(path))]
    if deleted_in == FIRESTORE:
        return [Lost(path, DJANGO, value, None, CANNOT_BE_TAKEN) for path, value in lost]
    return [Lost(path, FIRESTORE, None, value, CANNOT_BE_TAKEN) for path, value in lost]


def _is_untouched(present, agreed):
    """Whether nobody edited this side; what a document does not state, or no field takes, is no edit."""
    return all(
        same(present[path], agreed_on(agreed, BY_PATH[path]))
        or (BY_PATH[path].required and present[path] is None)
        or is_unfit(present[path])
        for path in present
        if path not in GIVEN
    )


def _merge_fields(django, firestore, base, decide):
    values, conflicts, why, resting = {}, [], {}, {}
    for field in [field for field in FIELDS if field.path in django]:
        ours, theirs = django[field.path], firestore[field.path]
        winner, reason, is_conflict = decide(field, ours, theirs, agreed_on(base, field))
        if winner is None:
            resting[field.path] = reason
            continue
        values[field.path] = theirs if winner == FIRESTORE else ours
        why[field.path] = reason
        if is_conflict:
            loser = DJANGO if winner == FIRESTORE else FIRESTORE
            conflicts.append(Lost(field.path, loser, shown(ours), shown(theirs), reason))
    _go_along(django, firestore, values, why, resting)
    return Merged(values, conflicts, why, resting)


def _go_along(django, firestore, values, why, resting):
    """If one field is written over what stood in place of a map, so are the others that the map has."""
    replaced = {firestore[path].reason for path in values if is_unfit(firestore[path])}
    for path in list(resting):
        if is_unfit(firestore[path]) and firestore[path].reason in replaced and not is_unfit(django[path]):
            values[path], why[path] = django[path], CANNOT_BE_TAKEN
            del resting[path]


def _decide(field, ours, theirs, base):
    """The side whose value stands (None: the field rests), the reason, and whether the other is lost."""
    if is_unfit(ours) or is_unfit(theirs):
        return _decide_over_unfit(field, ours, theirs, base)
    if same(ours, theirs):
        return DJANGO, "equal", False
    if theirs is None and field.required:
        return DJANGO, "not stated in firestore", False
    if same(theirs, base):
        return DJANGO, "changed in django", False
    if field.policy == DJANGO_ALWAYS:
        return DJANGO, ALWAYS, True
    if same(ours, base):
        return FIRESTORE, EDITED_THERE, False
    is_conflict = not _is_one_address(field, ours, theirs)
    if field.policy == MEMBER_WINS:
        return FIRESTORE, "the member wins", is_conflict
    return DJANGO, "staff win", is_conflict


def _is_one_address(field, ours, theirs):
    """Whether both are the same e-mail address, spelt with other capital letters: then nothing is lost."""
    if field.type != "email" or ours is None or theirs is None:
        return False
    return ours.casefold() == theirs.casefold()


def _decide_trusted(field, ours, theirs, base):
    """The same for a document that speaks for the register: staff's values in it stand, too.

    A number that the register gave since, and does not remember, was written by nobody.
    """
    winner, reason, is_conflict = _decide(field, ours, theirs, base)
    if field.path in GIVEN:
        return winner, reason, False
    if reason == ALWAYS and same(ours, base):
        return FIRESTORE, "written before the restore", False
    return winner, reason, is_conflict


def _decide_doubtful(field, ours, theirs, base):
    """The same for a document that may hold old values: one that would simply be taken is a conflict."""
    winner, reason, is_conflict = _decide(field, ours, theirs, base)
    if reason == EDITED_THERE:
        return (FIRESTORE if field.policy == MEMBER_WINS else DJANGO), "perhaps from before the restore", True
    return winner, reason, is_conflict


def _decide_over_unfit(field, ours, theirs, base):
    """The same if a side holds what its field cannot take: only an edit of the other side goes over it."""
    if is_unfit(ours):
        is_edit = not (is_unfit(theirs) or same(theirs, base) or (theirs is None and field.required))
        if is_edit and field.policy != DJANGO_ALWAYS:
            return FIRESTORE, CANNOT_BE_TAKEN, True
        return None, ours.reason, False
    if field.policy == DJANGO_ALWAYS or not same(ours, base):
        return DJANGO, CANNOT_BE_TAKEN, not same(theirs.value, base)
    return None, theirs.reason, False
