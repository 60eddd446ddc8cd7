"""What counts after a store was restored, once a person has said which one: the base of each member's merge.

After the register: a document with a mark that the register does not know was written by the sync after the
backup. So what it states of fields that are Django's alone comes from the register too, and stands unless
staff have edited the field since. The member gets the number that the document states. So does one who
vanished, because the register was only half loaded.

After Firestore: a document that nobody has written since it was last read is no edit, and a document that is
missing was not deleted. What no field took when the document was last read, nobody has written over since: it
rests as before. In a document that was written since, a value other than the base may be new or may be
yesterday's, which nothing tells; so the policy decides as in a conflict, and the log keeps what loses.
"""

from typing import NamedTuple

from merge_engine.base import Base, base_for
from merge_engine.documents import flatten
from merge_engine.field_map import NUMBER
from merge_engine.set_back import last_seen
from merge_engine.unfit import is_unfit, shown

REGISTER, FIRESTORE = "register", "firestore"
STORES = (REGISTER, FIRESTORE)


class Restored(NamedTuple):
    """Which store was set back, and the highest number of a member that Firestore knows (0: not told)."""

    store: str
    highest_number: int = 0


class Ground(NamedTuple):
    """What a merge starts from. `trusted`: the document speaks for the register, too. `doubtful`: what it
    states may be old.
    """

    base: Base
    trusted: bool = False
    doubtful: bool = False


def ground(presented, known, theirs, restored):
    """The ground of this member's merge; `theirs`: the document's values by path, or None."""
    base = base_for(presented, known)
    if restored is None:
        return Ground(base)
    if restored.store == REGISTER:
        return _after_the_register(presented, known, base)
    return _after_firestore(presented, known, theirs, base)


def wanted_number(presented, known, restored):
    """The number that a document keeps although the register has no such member any more, or None."""
    if restored is None or restored.store != REGISTER or presented.document is None:
        return None
    if not (known.vanished or is_lost_write(presented, known)):
        return None
    number = flatten(presented.document)[NUMBER]
    return number if type(number) is int and number > 0 else None


def is_lost_write(presented, known):
    """Whether the sync wrote this document at a time that the register has forgotten."""
    if presented.document is None or presented.operation is None:
        return False
    return presented.operation not in known.intents and presented.operation != last_mark(known.shadow)


def last_mark(shadow):
    """The mark that the document bore when it was last read or written; None if that was not noted."""
    seen = last_seen(shadow)
    return seen and seen["operation"]


def _after_the_register(presented, known, base):
    if known.vanished:
        return Ground(Base(None, base.values, False))
    if not is_lost_write(presented, known):
        return Ground(base)
    # Whoever was erased before the backup was entered again after it; else there would be no such write.
    return Ground(base._replace(erased=False), trusted=True)


def _after_firestore(presented, known, theirs, base):
    earlier = base.values or base.tombstone
    if base.erased or earlier is None:
        return Ground(base)
    if theirs is None:
        return Ground(Base(None, earlier, False))
    if presented.edited is not None and presented.edited > known.shadow.read_time:
        return Ground(base, doubtful=True)
    resting = known.shadow.resting or {}
    stated = {
        path: shown(value) for path, value in theirs.items() if not (is_unfit(value) and path in resting)
    }
    return Ground(Base(dict(earlier, **stated), None, False))
