"""What each call of the cloud makes of the epoch. A stop is kept in a transaction of its own."""

from contextlib import contextmanager

from django.db import transaction
from merge_engine import pair
from merge_engine.epoch import SetBackError

from sync.postgresql import POSTGRESQL


def require(carried):
    """See `pair.require`."""
    with remembering(), transaction.atomic():
        pair.require(POSTGRESQL, carried)


def look(carried, advance):
    """The epoch; with `advance`, with the next number, else nothing is written. Raises SetBackError."""
    if not advance:
        return pair.look(POSTGRESQL, carried)
    with remembering(), transaction.atomic():
        return pair.advance(POSTGRESQL, carried)


@transaction.atomic
def decide(carried):
    """See `pair.decide`."""
    return pair.decide(POSTGRESQL, carried)


@contextmanager
def remembering():
    """Keep why the sync is stopped, if this block finds that a store was set back."""
    try:
        yield
    except SetBackError as error:
        with transaction.atomic():
            pair.halt(POSTGRESQL, error)
        raise
