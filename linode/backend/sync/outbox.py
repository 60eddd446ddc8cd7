"""The queue of changes to be carried: claim, finish, fail. Rows are found by status, never by a cursor.

An id or a time as cursor would skip rows whose transaction committed late.
"""

import json

from django.db import connection
from django.utils import timezone

from sync.models import MemberSyncQueue

UNSYNCED = [MemberSyncQueue.PENDING, MemberSyncQueue.FAILED]
GRACE_SECONDS = 30
"""How long a row made for a write that is under way is left alone by others."""
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
DUE = (
    "{0}.sync_status = 'pending' AND {0}.next_attempt_at <= now()"
    " AND ({0}.leased_until IS NULL OR {0}.leased_until < now())"
)


def claim(worker, limit, lease_seconds):
    """Lease up to `limit` members to a worker and return their pending rows, oldest member first.

    A member's first due row stands for the member: who locks it has the member, and others pass it over.
    """
    statement = """
        WITH head AS (
            SELECT ssn FROM membership_membersyncqueue AS queue
            WHERE {due} AND NOT EXISTS (
                SELECT 1 FROM membership_membersyncqueue AS other
                WHERE other.ssn = queue.ssn AND other.sync_status = 'pending'
                  AND (other.leased_until >= now() OR (other.id < queue.id AND other.next_attempt_at <= now())))
            ORDER BY created_at, id LIMIT %s FOR UPDATE SKIP LOCKED)
        UPDATE membership_membersyncqueue AS queue
        SET leased_until = now() + %s * interval '1 second', leased_by = %s
        FROM head WHERE queue.ssn = head.ssn AND queue.sync_status = 'pending'
        RETURNING queue.id
    """.format(due=DUE.format("queue"))
    with connection.cursor() as cursor:
        cursor.execute(statement, [limit, lease_seconds, worker])
        ids = [row[0] for row in cursor.fetchall()]
    return list(MemberSyncQueue.objects.filter(id__in=ids).order_by("created_at", "id"))


def pending(limit):
    """The oldest pending rows, whether due or not."""
    rows = MemberSyncQueue.objects.filter(sync_status=MemberSyncQueue.PENDING)
    return list(rows.order_by("created_at", "id")[:limit])


def due_count():
    """How many rows could be claimed now."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM membership_membersyncqueue AS queue WHERE " + DUE.format("queue")
        )
        return cursor.fetchone()[0]


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
    statement = """
        UPDATE membership_membersyncqueue AS queue
        SET sync_status = 'synced', synced_at = now(), leased_until = NULL, dead = false, error_message = NULL
        FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, rev bigint)
        WHERE queue.ssn = row.ssn AND queue.rev <= row.rev AND queue.sync_status <> 'synced'
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps([{"ssn": ssn, "rev": rev} for ssn, rev in revisions])])


def finish_rows(ids):
    """The form the API had before revisions: rows by id. Returns how many were marked."""
    rows = MemberSyncQueue.objects.filter(id__in=ids).exclude(sync_status=MemberSyncQueue.SYNCED)
    return rows.update(
        sync_status=MemberSyncQueue.SYNCED,
        synced_at=timezone.now(),
        leased_until=None,
        dead=False,
        error_message=None,
    )


def keep_dirty(rows, grace_seconds=GRACE_SECONDS):
    """Make sure each of these members has a pending row: dicts of ssn, member_id, action, fields_changed, rev."""
    _insert_where_none(rows, "sync_status = 'pending'", grace_seconds)


def fail(failures):
    """Note failures: dicts of ssn, message, permanent.

    Transient: the row stays pending and comes back after full-jitter exponential backoff. Permanent: dead letter,
    until staff retry it or the two sides come to agree. A change made after the failing attempt is not to blame:
    it stays pending. (The attempt's revision is that of its live intent, or of the dead letter `apply` left.)
    """
    if not failures:
        return
    blank = [dict(failure, action="update", fields_changed={}, rev=0) for failure in failures]
    _insert_where_none(blank, "sync_status <> 'synced'", 0)
    statement = """
        WITH failure AS (
            SELECT row.*, row.permanent AS dies, coalesce(
                (SELECT max(intent.rev) FROM sync_intent AS intent WHERE intent.ssn = row.ssn AND intent.live),
                (SELECT max(rev) FROM membership_membersyncqueue AS letter WHERE letter.ssn = row.ssn AND letter.dead),
                9223372036854775807) AS up_to
            FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, message text, permanent boolean))
        UPDATE membership_membersyncqueue AS queue
        SET retry_count = queue.retry_count + 1, error_message = left(failure.message, 2000), leased_until = NULL,
            next_attempt_at = now() + random() * least(%s, %s * 2.0 ^ least(queue.retry_count, 20))
                * interval '1 second',
            sync_status = CASE WHEN dies AND queue.rev <= up_to THEN 'failed' ELSE queue.sync_status END,
            dead = queue.dead OR (dies AND queue.rev <= up_to)
        FROM failure WHERE queue.ssn = failure.ssn AND queue.sync_status <> 'synced'
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [json.dumps(failures), LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS])


def _insert_where_none(rows, condition, grace_seconds):
    if not rows:
        return
    statement = """
        INSERT INTO membership_membersyncqueue (
            member_id, ssn, action, fields_changed, changed_by, rev,
            sync_status, created_at, retry_count, next_attempt_at, leased_by, dead)
        SELECT (SELECT id FROM membership_comrade WHERE ssn = row.ssn), row.ssn, row.action, row.fields_changed, 'sync',
            row.rev, 'pending', now(), 0, now() + %s * interval '1 second', '', false
        FROM jsonb_to_recordset(%s::jsonb) AS row(ssn varchar, action varchar, fields_changed jsonb, rev bigint)
        WHERE NOT EXISTS (
            SELECT 1 FROM membership_membersyncqueue AS queue WHERE queue.ssn = row.ssn AND queue.{condition})
    """.format(condition=condition)
    with connection.cursor() as cursor:
        cursor.execute(statement, [grace_seconds, json.dumps(rows)])
