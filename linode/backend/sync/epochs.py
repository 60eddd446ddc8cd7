"""The epoch in PostgreSQL: one row."""

from merge_engine import epoch
from merge_engine.epoch import SetBackError

from sync.models import StoredEpoch

ROW = 1
NAMES = epoch.Epoch._fields


def read():
    """What the register knows."""
    return _epoch(StoredEpoch.objects.filter(pk=ROW))


def locked():
    """The same, locked until the end of the transaction."""
    StoredEpoch.objects.get_or_create(pk=ROW)
    return _epoch(StoredEpoch.objects.select_for_update().filter(pk=ROW))


def save(known):
    """Keep it; it was locked before."""
    StoredEpoch.objects.filter(pk=ROW).update(**known._asdict())


def _epoch(rows):
    values = rows.values_list(*NAMES).first()
    return epoch.Epoch(*values) if values else epoch.Epoch()


def stopped():
    """Why nothing is synced, in one line, and since when; None if all is well."""
    known = read().stopped
    return known and "{} (since {})".format(SetBackError(known["which"], known["reason"]), known["since"])
