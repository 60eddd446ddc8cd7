"""Deletions that are held back: more of them than come about by themselves wait for a person's word.

A store that was emptied, or is only half loaded, looks like as many deletions. An erasure is never held: it
is a person's word already.
"""

from merge_engine.decision import CLEAN, HELD, WRITE

AT_LEAST, SHARE = 10, 0.02
DAY = 24 * 3600 * 10**9
"""Nanoseconds."""
MESSAGE = "the deletion is held back: too many within a day; `fab sync --allow-deletions` confirms them"


def limit(members):
    """How many deletions within a day, of so many members, are carried out unasked."""
    return max(AT_LEAST, int(SHARE * members))


def hold_back(stores, decisions, read_time):
    """The decisions, with every deletion held where they and those of the last day are too many.

    The stores are asked only where there is a deletion, and once for all of them.
    """
    wanted = {decision.presented.kennitala for decision in decisions if _deletes(decision)}
    if not wanted:
        return decisions
    members, others = stores.records.deletions_since(read_time - DAY, sorted(wanted), MESSAGE)
    if len(wanted) + others <= limit(members):
        return decisions
    return [_held(decision) if decision.presented.kennitala in wanted else decision for decision in decisions]


def _deletes(decision):
    """Whether a member or a document goes, and not because staff had them forgotten."""
    goes = decision.after is None and not (decision.before is None and decision.firestore is None)
    return decision.outcome in (CLEAN, WRITE) and goes and not decision.base.erased


def _held(decision):
    error = {"code": HELD, "message": MESSAGE, "permanent": False}
    return decision._replace(outcome=HELD, error=error)
