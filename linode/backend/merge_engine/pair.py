"""Keeps the two stores a pair: judges the epoch in each call, and stops the sync if one was set back."""

from datetime import datetime, timezone

from merge_engine.epoch import SetBackError, decided, issue, seen, stop

NOT_TOLD = object()
"""Instead of what Firestore carries: the cloud is of an earlier version and does not say."""


def require(stores, carried):
    """Note what Firestore was seen to carry. Raises SetBackError if one of the stores was set back."""
    known = stores.epochs.read()
    if carried is NOT_TOLD:
        if known.stopped:
            raise SetBackError(known.stopped["which"], known.stopped["reason"], known.stopped["by_mark"])
        return
    if seen(known, carried) != known:
        stores.epochs.save(seen(stores.epochs.locked(), carried))


def look(stores, carried):
    """The epoch as it will be noted. Raises SetBackError."""
    return seen(stores.epochs.read(), carried)


def advance(stores, carried):
    """Issue the next number for Firestore; the epoch. Raises SetBackError."""
    after = issue(seen(stores.epochs.locked(), carried))
    stores.epochs.save(after)
    return after


def halt(stores, error):
    """Remember that the sync is stopped, and why."""
    if error.is_stale:
        return
    known = stores.epochs.locked()
    stores.epochs.save(stop(known, error, datetime.now(timezone.utc).isoformat()))


def decide(stores, carried):
    """A person has decided, and everything that follows is done: the line and number for Firestore.

    The sync goes on once Firestore is seen to carry them.
    """
    after = decided(stores.epochs.locked(), carried)
    stores.epochs.save(after)
    return after
