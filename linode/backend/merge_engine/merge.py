"""The three-way merge of one member, pure and driven by the field map.

`django` and `firestore` are what the two sides hold: flat maps {path: canonical value}, or None for no
member. The `Base` is what they last agreed on. A side that still holds the base has not edited, so the other
side's value is taken. If both have edited, the field's policy decides, and the value that loses is reported
as a conflict.
"""

from typing import Any, Dict, List, NamedTuple, Optional

from merge_engine.base import Values
from merge_engine.documents import same
from merge_engine.field_map import DJANGO_ALWAYS, FIELDS, GIVEN, MEMBER_WINS

DJANGO, FIRESTORE = "django", "firestore"
EXISTENCE = "existence"


class Lost(NamedTuple):
    """A conflict: on which side the value was lost, both values, and the policy that decided."""

    field: str
    lost_on: str
    django: Any
    firestore: Any
    reason: str


class Merged(NamedTuple):
    """What both sides are to hold (None: no member), the conflicts, and the reason for each field's value."""

    values: Optional[Values]
    conflicts: List[Lost]
    reasons: Dict[str, str]


def merge(django, firestore, base):
    """What both sides are to hold."""
    if django is None and firestore is None:
        return Merged(None, [], {})
    if django is None or firestore is None:
        return _merge_existence(django, firestore, base)
    if base.erased:
        return Merged(dict(django), [], {field.path: "erased by staff" for field in FIELDS})
    return _merge_fields(django, firestore, base.values or base.tombstone or {})


def _merge_existence(django, firestore, base):
    """Merge if only one side has the member."""
    present = django if firestore is None else firestore
    if django is None and base.erased:
        return Merged(None, [], {EXISTENCE: "erased by staff"})
    if base.values is None:
        return Merged(
            dict(present), [], {EXISTENCE: "created in " + (DJANGO if firestore is None else FIRESTORE)}
        )
    deleted_in = FIRESTORE if firestore is None else DJANGO
    if _is_untouched(present, base.values):
        return Merged(None, [], {EXISTENCE: "deleted in " + deleted_in})
    lost = Lost(EXISTENCE, deleted_in, django is not None, firestore is not None, "an edit beats a delete")
    return Merged(dict(present), [lost], {EXISTENCE: lost.reason})


def _is_untouched(present, agreed):
    """Whether nobody edited this side; a required field that a document does not state is no edit."""
    return all(
        same(present[field.path], agreed.get(field.path)) or (field.required and present[field.path] is None)
        for field in FIELDS
        if field.path not in GIVEN
    )


def _merge_fields(django, firestore, base):
    values, conflicts, reasons = {}, [], {}
    for field in FIELDS:
        ours, theirs = django[field.path], firestore[field.path]
        winner, reason, is_conflict = _decide(field, ours, theirs, base.get(field.path))
        values[field.path] = theirs if winner == FIRESTORE else ours
        reasons[field.path] = reason
        if is_conflict:
            loser = DJANGO if winner == FIRESTORE else FIRESTORE
            conflicts.append(Lost(field.path, loser, ours, theirs, reason))
    return Merged(values, conflicts, reasons)


def _decide(field, ours, theirs, base):
    """The side whose value stands, the reason, and whether the other value is lost."""
    if same(ours, theirs):
        return DJANGO, "equal", False
    if theirs is None and field.required:
        return DJANGO, "not stated in firestore", False
    if same(theirs, base):
        return DJANGO, "changed in django", False
    if field.policy == DJANGO_ALWAYS:
        return DJANGO, "django always", True
    if same(ours, base):
        return FIRESTORE, "changed in firestore", False
    if field.policy == MEMBER_WINS:
        return FIRESTORE, "the member wins", True
    return DJANGO, "staff win", True
