"""The state of the sync, for the API, the command line and monitoring. Kennitalas are masked."""

from django.db.models import Count, Min
from merge_engine import deletion_guard, erased_keys
from merge_engine.kennitala import masked

from sync import epochs, rounds, versions
from sync.models import Conflict, MemberSyncQueue, Shadow

LISTED = 50
"""So many dead letters are listed; the others are only counted."""


def summary():
    """Counts by state, the oldest pending row's time, and what is not synced, with the reasons."""
    rows = MemberSyncQueue.objects.order_by()
    counts = dict(rows.values_list("sync_status").annotate(number=Count("id")))
    pending = rows.filter(sync_status=MemberSyncQueue.PENDING)
    return {
        "pending": counts.get(MemberSyncQueue.PENDING, 0),
        "synced": counts.get(MemberSyncQueue.SYNCED, 0),
        "failed": counts.get(MemberSyncQueue.FAILED, 0),
        "oldest_pending": pending.aggregate(oldest=Min("created_at"))["oldest"],
        "retrying": pending.filter(retry_count__gt=0).count(),
        "held": Shadow.objects.filter(held__reason=deletion_guard.REASON).count(),
        "erased_before": Shadow.objects.filter(held__reason=erased_keys.REASON).count(),
        "conflicts": Conflict.objects.filter(restored_at=None).count(),
        "resting": Shadow.objects.filter(resting__isnull=False).count(),
        "stopped": epochs.stopped(),
        "field_maps": versions.standing(),
        "comparison": rounds.standing(),
        "dead_letters": [_letter(row) for row in rows.filter(dead=True).order_by("-created_at")[:LISTED]],
    }


def _letter(row):
    return {
        "id": row.id,
        "kennitala": masked(row.ssn),
        "reason": row.error_message,
        "retry_count": row.retry_count,
        "created_at": row.created_at,
    }


def member(kennitala):
    """What the sync knows of one member."""
    shadow = Shadow.objects.filter(ssn=kennitala).first()
    unsynced = MemberSyncQueue.objects.filter(ssn=kennitala).exclude(sync_status=MemberSyncQueue.SYNCED)
    return {
        "rev": shadow.rev if shadow else 0,
        "pending": unsynced.filter(sync_status=MemberSyncQueue.PENDING).count(),
        "failed": unsynced.filter(sync_status=MemberSyncQueue.FAILED).count(),
        "resting": (shadow.resting if shadow else None) or {},
    }
