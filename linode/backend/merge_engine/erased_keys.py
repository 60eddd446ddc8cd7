"""A person who was erased, and whom a store has all the same: restored, imported, or joined again.

A list outside both stores says of a kennitala which erasure was its last one. Each copy of a member says
which one it knows: the document by a mark, the register by a record (`Erasure`). A copy that does not know
the last one is from before it, whatever brought it back, and is erased again. Only a row that was never
synced may be somebody who joins again, so a person is asked, and lets them in or does not.
"""

from typing import Any, Dict, NamedTuple, Optional

from merge_engine.base import Base

REASON = "erased"
"""Why a member is held: this person was erased, and staff have not let them in."""
MESSAGE = "this person was erased; staff let them in on the member's page, or erase them again"


class Standing(NamedTuple):
    """What the last erasure means for one member. `erasure`: its id; None if there was none.

    `returned`: the register's copy is from before it. `old_document`: the document is. `asks`: staff have to
    say whether the person is let in. `nothing`: neither side has anything, and nothing is to be noted.
    """

    erasure: Optional[str] = None
    returned: bool = False
    old_document: bool = False
    asks: bool = False
    nothing: bool = False

    @property
    def is_from_before(self) -> bool:
        """Whether a copy is from before the erasure, or may be; that says nothing of its whole store."""
        return self.returned or self.old_document or self.asks

    @property
    def held(self) -> Dict[str, Any]:
        """What staff are asked."""
        return {"reason": REASON, "erasure": self.erasure}


NEVER_ERASED = Standing()


def standing(presented, known):
    """The standing of a member: a document (or none) as it was presented, and what is known here."""
    erasure = last_erasure(presented, known)
    if erasure is None:
        return NEVER_ERASED
    ours = known.erasure
    knows_here = ours is not None and ours.erasure == erasure
    since = known.intents if knows_here else {}
    old = presented.document is not None and not _is_since(presented, erasure, since)
    if knows_here:
        return Standing(erasure, old_document=old, asks=known.columns is not None and not ours.let_in)
    is_blank = known.shadow.base is None and known.shadow.tombstone is None
    if known.columns is None and presented.document is None and is_blank and known.shadow.rev == 0:
        return Standing(erasure, nothing=True)
    if known.columns is not None and is_blank and (old or presented.document is None):
        return Standing(erasure, old_document=old, asks=True)
    return Standing(erasure, returned=True, old_document=old)


def last_erasure(presented, known):
    """The id of the last erasure: the register's own while the list may not know it yet, else the list's."""
    ours = known.erasure
    if ours is None:
        return presented.listed
    return presented.listed if ours.listed and presented.listed else ours.erasure


def _is_since(presented, erasure, intents):
    """Whether the document is from after this erasure: it says so, or is a write that was decided since."""
    return presented.erasure == erasure or presented.operation in intents


def base_after(base, found, has_document):
    """The base of a merge in which no copy from before the erasure counts; `found`: the member's standing."""
    if found.returned:
        return Base(None, None, found.old_document or not has_document)
    return Base(None, None, True) if found.old_document else base
