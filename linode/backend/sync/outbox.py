"""The queue of changes to be carried: claim, finish, fail. Rows are found by status, never by a cursor.

A cursor (an id or a time) would skip rows whose transaction committed late.
"""

import json

from django.db import transaction
from django.utils import timezone
from membership.models import Comrade
from merge_engine.kennitala import is_kennitala

from sync.models import MemberSyncQueue
from sync.statements import execute

UNSYNCED = [MemberSyncQueue.PENDING, MemberSyncQueue.FAILED]
SYNC_ITSELF = "sync"
"""In `changed_by`: the row was made by the sync, not by an edit."""
GRACE_SECONDS = 30
"""So long other workers leave a row alone that was made for a write under way."""
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
MOST_COUNTED = 1000
NO_KENNITALA = "in Django: the kennitala is not ten digits, so nothing of this member is synced"


def claim(worker, limit, lease_seconds):
    """Lease up to `limit` members to a worker and return their pending rows, oldest member first.

    A row whose kennitala is none can go nowhere: it is given up here, with the reason.
    """
    with transaction.atomic():
        # Pending rows are read along their index, in order; they are never all read and sorted.
        execute("without_sorting")
        ids = [row[0] for row in execute("claim", [limit, lease_seconds, worker])]
    rows = list(MemberSyncQueue.objects.filter(id__in=ids).order_by("created_at", "id"))
    _give_up({row.ssn for row in rows if not is_kennitala(row.ssn)})
    return [row for row in rows if is_kennitala(row.ssn)]


def _give_up(malformed):
    """Say what is wrong with these; one that was corrected or removed meanwhile is settled."""
    if not malformed:
        return
    there = set(Comrade.objects.filter(ssn__in=malformed).values_list("ssn", flat=True))
    finish(malformed - there)
    fail([{"ssn": ssn, "message": NO_KENNITALA, "permanent": True} for ssn in sorted(there)])


def pending(limit):
    """The oldest pending rows, whether due or not."""
    rows = MemberSyncQueue.objects.filter(sync_status=MemberSyncQueue.PENDING)
    return list(rows.order_by("created_at", "id")[:limit])


def due_count():
    """How many rows could be claimed now, counted up to MOST_COUNTED."""
    return execute("due_count", [MOST_COUNTED])[0][0]


def finish(kennitalas):
    """Both sides agree on these members now: all their rows are synced."""
    rows = MemberSyncQueue.objects.filter(ssn__in=kennitalas, sync_status__in=UNSYNCED)
    rows.update(
        sync_status=MemberSyncQueue.SYNCED,
        synced_at=timezone.now(),
        leased_until=None,
        dead=False,
        error_message=None,
    )


def finish_up_to(revisions):
    """Pairs (kennitala, rev): rows up to that revision are synced."""
    execute("finish_up_to", [json.dumps([{"ssn": ssn, "rev": rev} for ssn, rev in revisions])])


def finish_rows(ids):
    """Mark rows by id, as the API did before there were revisions. Returns how many were marked."""
    rows = MemberSyncQueue.objects.filter(id__in=ids).exclude(sync_status=MemberSyncQueue.SYNCED)
    return rows.update(
        sync_status=MemberSyncQueue.SYNCED,
        synced_at=timezone.now(),
        leased_until=None,
        dead=False,
        error_message=None,
    )


def deleted(kennitalas):
    """Those whose last captured change is that somebody deleted the member here."""
    return {row[0] for row in execute("deleted", [list(kennitalas), SYNC_ITSELF])}


def keep_dirty(rows, grace_seconds=GRACE_SECONDS):
    """Make sure that each of these members has a pending row: dicts of ssn, action, fields_changed, rev."""
    _ensure_rows(rows, [MemberSyncQueue.PENDING], grace_seconds)


def fail(failures):
    """Note failures: dicts of ssn, message, permanent.

    Transient: the row stays pending and is tried again after full-jitter exponential backoff. Permanent: the
    row is a dead letter until staff retry it or the two sides agree. A change made after the failed attempt
    stays pending.
    """
    if not failures:
        return
    _ensure_rows([dict(failure, action="update", fields_changed={}, rev=0) for failure in failures], UNSYNCED)
    execute("fail", [json.dumps(failures), LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS])


def _ensure_rows(rows, states, grace_seconds=0):
    if rows:
        execute("ensure_row", [grace_seconds, json.dumps(rows), states])
