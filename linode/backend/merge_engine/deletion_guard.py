"""The guard of deletions: those that come from Firestore, and unusually many others, wait for a person.

No browser can delete a document, so one that is gone was removed by hand, or its store was emptied, set back,
or is only half loaded. A register that was emptied looks like many deletions, too, and one that is being
loaded again like a few: so who was deleted and entered again within the day counts. A member who vanished
from the register, deleted by nobody, always waits. A held deletion stays held until it is released or is none
any more: another day, or fewer of them, lets nothing through. An erasure is never held: a person has ordered
it already.
"""

from merge_engine.documents import content_hash
from merge_engine.merge import DJANGO, FIRESTORE
from merge_engine.verdict import CLEAN, HELD, WRITE

AT_LEAST, SHARE = 10, 0.02
DAY = 24 * 3600 * 10**9
"""Nanoseconds."""
REASON = "deletions"
"""Why a member is held: a deletion from Firestore, or too many within a day."""
MESSAGE = "the deletion is held; staff release it in the portal, or operators with `fab sync.release`"


def limit(members):
    """How many deletions a day are carried out without asking, if there are so many members."""
    return max(AT_LEAST, int(SHARE * members))


def hold_back(stores, verdicts, read_time, held, released):
    """The verdicts; held are deletions from Firestore, and others if all of the last day are too many.

    `held`: the kennitalas that are held already, or have vanished. `released`: kennitala → the fingerprint of
    the deletion that a person was shown and released; a deletion of anything else is held. The stores are
    asked only if there is a deletion, and once for all of them.
    """
    wanted = {verdict.presented.kennitala: fingerprint(verdict) for verdict in verdicts if _deletes(verdict)}
    if not wanted:
        return verdicts
    members, others = stores.records.deletions_since(read_time - DAY, sorted(wanted))
    too_many = len(wanted) + others > limit(members)
    waits = {verdict.presented.kennitala for verdict in verdicts if verdict.before is not None} | held
    kept = {key for key in wanted if (too_many or key in waits) and released.get(key) != wanted[key]}
    return [
        _held(verdict, wanted[verdict.presented.kennitala])
        if verdict.presented.kennitala in kept
        else verdict
        for verdict in verdicts
    ]


def fingerprint(verdict):
    """Says which deletion this is: the hash of what would be gone, on both sides."""
    sides = {DJANGO: verdict.before, FIRESTORE: verdict.firestore}
    return content_hash(dict(sides, kennitala=verdict.presented.kennitala))


def _deletes(verdict):
    """Whether a member or a document goes, for another reason than an erasure."""
    goes = verdict.after is None and not (verdict.before is None and verdict.firestore is None)
    return verdict.outcome in (CLEAN, WRITE) and goes and not verdict.base.erased


def _held(verdict, mark):
    error = {"code": HELD, "message": MESSAGE, "permanent": False}
    where = FIRESTORE if verdict.before is None else DJANGO
    held = {"reason": REASON, "where": where, "fingerprint": mark}
    return verdict._replace(outcome=HELD, error=error, held=held, conflicts=[])
