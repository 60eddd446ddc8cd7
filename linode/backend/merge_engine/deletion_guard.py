"""The guard of deletions: if there are unusually many, they are held back until a person confirms them.

A store that was emptied, or is only half loaded, looks like that many deletions. An erasure is never held
back: a person has ordered it already.
"""

from merge_engine.verdict import CLEAN, HELD, WRITE

AT_LEAST, SHARE = 10, 0.02
DAY = 24 * 3600 * 10**9
"""Nanoseconds."""
MESSAGE = "the deletion is held back: too many within a day; `fab sync --allow-deletions` confirms them"


def limit(members):
    """How many deletions a day are carried out without asking, if there are so many members."""
    return max(AT_LEAST, int(SHARE * members))


def hold_back(stores, verdicts, read_time):
    """The verdicts; every deletion is held if these and those of the last day are too many.

    The stores are asked only if there is a deletion, and once for all of them.
    """
    wanted = {verdict.presented.kennitala for verdict in verdicts if _deletes(verdict)}
    if not wanted:
        return verdicts
    members, others = stores.records.deletions_since(read_time - DAY, sorted(wanted), MESSAGE)
    if len(wanted) + others <= limit(members):
        return verdicts
    return [_held(verdict) if verdict.presented.kennitala in wanted else verdict for verdict in verdicts]


def _deletes(verdict):
    """Whether a member or a document goes, for another reason than an erasure."""
    goes = verdict.after is None and not (verdict.before is None and verdict.firestore is None)
    return verdict.outcome in (CLEAN, WRITE) and goes and not verdict.base.erased


def _held(verdict):
    error = {"code": HELD, "message": MESSAGE, "permanent": False}
    return verdict._replace(outcome=HELD, error=error)
