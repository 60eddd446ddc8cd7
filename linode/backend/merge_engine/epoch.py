"""The epoch: a mark that both stores carry, by which a store that was set back is noticed before a write.

It is a random id of this pair of stores (`line`) and a number that only grows. The register issues each
number before Firestore is given it, and notes as confirmed what Firestore was seen to hold, and as of when.
So a number there that was never issued proves that the register was set back, and a number below the
confirmed one, in a later read, proves that Firestore was. Lost calls, crashes and workers side by side can
cause neither.
"""

import uuid
from typing import Any, Dict, NamedTuple, Optional

from merge_engine.instants import is_before

REGISTER, FIRESTORE, EITHER = "register", "firestore", "either"
ASK = "nothing is synced until a person decides: `fab sync --after-restore=register|firestore --dry-run`"


class Epoch(NamedTuple):
    """What the register knows. `line`: empty before the first run. `confirmed_at`: when Firestore was read.

    `next_line`: decided after a restore, and not yet seen in Firestore. `stopped`: why nothing is synced
    (which store, reason, since, by_mark), or None. `decided_at`: when Firestore was first read with a line
    that a person has decided on.
    """

    line: str = ""
    issued: int = 0
    confirmed: int = 0
    confirmed_at: Optional[int] = None
    next_line: str = ""
    stopped: Optional[Dict[str, Any]] = None
    decided_at: Optional[int] = None


class Carried(NamedTuple):
    """What Firestore carried at `read_time` (nanoseconds), when the documents were read; no line: nothing."""

    line: str
    number: int
    read_time: int


class SetBackError(Exception):
    """A store was set back. `which`: the register, Firestore, or either of them; `reason`: how that is known.

    `by_mark`: a document shows it, and not the epoch. `is_stale`: the read is from before a decision, so it
    says nothing of the stores as they are now.
    """

    def __init__(self, which, reason, by_mark=False, is_stale=False):
        super().__init__("{}; {}".format(reason, ASK))
        self.which = which
        self.reason = reason
        self.by_mark = by_mark
        self.is_stale = is_stale


def judge(known, carried):
    """Raise SetBackError if one of the stores cannot have come to this state by itself."""
    confirmed_at = known.confirmed_at or 0
    is_later = carried.read_time != confirmed_at and not is_before(carried.read_time, confirmed_at)
    if not carried.line:
        if known.confirmed and is_later:
            reason = "Firestore has no epoch any more: it was emptied, or it is another database"
            raise SetBackError(FIRESTORE, reason)
    elif not known.line:
        reason = "the register has no epoch, but Firestore has: the register was emptied or restored"
        raise SetBackError(REGISTER, reason)
    elif carried.line != known.line:
        reason = "register and Firestore are not a pair: one was exchanged or restored"
        raise SetBackError(EITHER, reason, is_stale=not is_later)
    elif carried.number > known.issued:
        reason = "Firestore has epoch {}, the register issued {} at most: the register was set back"
        raise SetBackError(REGISTER, reason.format(carried.number, known.issued))
    elif carried.number < known.confirmed and is_later:
        reason = "Firestore has epoch {}, and had {}: it was set back".format(carried.number, known.confirmed)
        raise SetBackError(FIRESTORE, reason)


def seen(known, carried):
    """The epoch after Firestore was seen to carry this. Raises SetBackError; then nothing may be written.

    A stop because of the epoch ends by itself if the right store is back. One because of a document's mark
    stays until a person decides, for other documents do not show it.
    """
    if known.next_line and carried.line == known.next_line:
        issued, moment = max(known.issued, carried.number), carried.read_time
        return Epoch(known.next_line, issued, carried.number, moment, decided_at=moment)
    judge(known, carried)
    if known.stopped and known.stopped["by_mark"]:
        raise SetBackError(known.stopped["which"], known.stopped["reason"], True)
    if carried.number > known.confirmed:
        known = known._replace(confirmed=carried.number, confirmed_at=carried.read_time)
    return known._replace(stopped=None)


def stop(known, error, now):
    """The epoch of a pair that is stopped, since when it was first."""
    before = known.stopped or {"since": now, "by_mark": False}
    stopped = {"which": error.which, "reason": error.reason, "since": before["since"]}
    return known._replace(stopped=dict(stopped, by_mark=error.by_mark or before["by_mark"]))


def issue(known):
    """The epoch with one more number issued; the first one begins a line."""
    return known._replace(line=known.line or uuid.uuid4().hex, issued=known.issued + 1)


def decided(known, carried):
    """The epoch once a person has decided and all is done: a new line, which Firestore is to be given."""
    return known._replace(next_line=uuid.uuid4().hex, issued=max(known.issued, carried.number) + 1)
