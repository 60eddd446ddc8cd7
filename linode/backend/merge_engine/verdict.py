"""What goes into a decision about one member, and the verdict that comes out of it."""

from typing import Any, Dict, List, NamedTuple, Optional

from merge_engine.base import Base
from merge_engine.documents import holds
from merge_engine.erased_keys import NEVER_ERASED, Standing
from merge_engine.merge import Lost
from merge_engine.shared_fields import WHOLE, Shared

CLEAN, WRITE, STALE, ERROR, HELD = "clean", "write", "stale", "error", "held"
TOGETHER = "together"


class Presented(NamedTuple):
    """A member's document as the cloud read it.

    `update_time` in nanoseconds since 1970, `update_time_text` as it was sent; both None if there is no
    document. `operation`: the id that the last write of the sync left in the document. `told`: the fields
    that it says rest, with the reason; None if the cloud, of an earlier version, does not say. `edited`: its
    `updatedAt` in nanoseconds, None if it has none or the cloud does not say. `shared`: the fields that the
    cloud which read it knows, too. `knows_moves`: whether that cloud can carry over a corrected kennitala.
    `erasure`: which one of this person's the document says it is from after; `listed`: the last one, as the
    list of erased keys has it (see `merge_engine.erased_keys`).
    """

    kennitala: str
    document: Optional[Dict[str, Any]]
    update_time: Optional[int]
    update_time_text: Optional[str]
    operation: Optional[str]
    told: Optional[Dict[str, str]] = None
    edited: Optional[int] = None
    shared: Shared = WHOLE
    knows_moves: bool = True
    erasure: Optional[str] = None
    listed: Optional[str] = None


class Known(NamedTuple):
    """What is known here: columns by field path (None: no member), shadow, intents by operation.

    `in_flight`: a write of ours may still land on the document that was read. `vanished`: the register has no
    such member, though both sides agreed on one and nobody deleted it here. `erasure`: what is recorded of
    this person's last one, or None.
    """

    columns: Optional[Dict[str, Any]]
    shadow: Any
    intents: Dict[str, Any]
    in_flight: bool = False
    vanished: bool = False
    erasure: Any = None


class Creation(NamedTuple):
    """What a member who is new here gets: an id (None in a dry run) and the time of joining (wire form)."""

    django_id: Optional[int]
    joined: str


class Verdict(NamedTuple):
    """What is to be done about one member, and all that follows from it.

    `outcome`: CLEAN (Firestore is as it should be), WRITE (it is to be written), STALE (the read is too old),
    ERROR, HELD (it waits for a person; `held` says what, see `deletion_guard`), or TOGETHER (it is merged
    only in one call with the numbers that `together` names, see `moves`). `before` and `after`: the
    member here; the document is to state what is `after`. `firestore`: what was read there, in raw values.
    `settled`: what both sides agree on once all is written. `base`: for the shadow; `rev`: the revision after
    the merge. `in_flight` as in `Known`. `resting`: why fields that `after` lacks stay as they are, by path.
    `set_back`: the SetBackError that this document shows, beside the ERROR. `standing`: what an erasure of
    this person means for the member.

    After a corrected kennitala (`moves`): `moved_to`: the new number, if this is an old one. `takes_over`:
    the documents at old numbers that go with the write. `bases`: for the shadows of old numbers.
    `is_moving`: an open move begins or ends at this number.
    """

    presented: Presented
    outcome: str
    before: Optional[Dict[str, Any]] = None
    after: Optional[Dict[str, Any]] = None
    settled: Optional[Dict[str, Any]] = None
    firestore: Optional[Dict[str, Any]] = None
    base: Optional[Base] = None
    rev: int = 0
    conflicts: List[Lost] = []
    reasons: Dict[str, str] = {}
    error: Optional[Dict[str, Any]] = None
    in_flight: bool = False
    held: Optional[Dict[str, str]] = None
    resting: Dict[str, str] = {}
    set_back: Optional[Exception] = None
    together: List[str] = []
    moved_to: Optional[str] = None
    takes_over: List[Presented] = []
    bases: Dict[str, Base] = {}
    is_moving: bool = False
    standing: Standing = NEVER_ERASED

    @property
    def changes_django(self):
        """Whether the member here is written."""
        if self.outcome not in (CLEAN, WRITE):
            return False
        return self.standing.returned or not holds(self.before, self.after)


def waiting(presented, held, message):
    """The member stays as it is until a person has decided; `held` says what about."""
    error = {"code": HELD, "message": message, "permanent": False}
    return Verdict(presented, HELD, error=error, held=held)


def failed(presented, code, message, permanent):
    """An error that concerns this member alone."""
    error = {"code": code, "message": message, "permanent": permanent}
    return Verdict(presented, ERROR, error=error)
