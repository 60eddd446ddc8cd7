"""The merge base: what both sides of a member last agreed on, and how it moves on."""

from typing import Any, Dict, NamedTuple, Optional

Values = Dict[str, Any]
"""Canonical wire values by field path."""


class Base(NamedTuple):
    """`values`: what both sides last agreed on; None if that was "no member".

    `tombstone`: the values before the member was gone, for one who comes back. `erased`: staff had the member
    forgotten, and no document has been agreed on since. Whatever Firestore holds is then from before the
    erasure and does not count.
    """

    values: Optional[Values] = None
    tombstone: Optional[Values] = None
    erased: bool = False


def agreed_on(values, field):
    """What was agreed on a field, if these `values` were; one that is newer than they are had its default."""
    if not values or field.path in values:
        return values.get(field.path)
    return field.default if field.required else None


def base_for(presented, known):
    """The base for merging this document: what a write of ours put there, else the shadow's.

    A document that carries the mark of an unacknowledged write of ours proves that the write landed, so both
    sides last agreed on what it wrote. A dead intent counts in one case only: if a late "create" of ours
    brought back a document that both sides had agreed was gone, or came after somebody's own document, which
    was read and then deleted again.
    """
    shadow = known.shadow
    intent = known.intents.get(presented.operation)
    is_late = intent and not intent.live and intent.precondition_time is None and _is_new(intent, shadow)
    if intent and (intent.live or (is_late and presented.document is not None)):
        tombstone = intent.document or shadow.base or shadow.tombstone
        return Base(intent.document, tombstone, shadow.erased and intent.document is None)
    return Base(shadow.base, shadow.tombstone, shadow.erased)


def _is_new(intent, shadow):
    """Whether a document with the mark of this dead intent was not there before.

    Code that notes no marks did not note what landed, either.
    """
    return shadow.base is None or (shadow.mark is not None and not intent.landed)


def next_base(base, agreed):
    """The base once both sides were seen to agree on `agreed`; a member who is gone leaves the last values.

    An erased member leaves none, until the member is entered again and both sides hold that.
    """
    if agreed is None and base.erased:
        return Base(None, None, True)
    if agreed is None:
        return Base(None, base.values or base.tombstone, False)
    return Base(agreed, None, False)
