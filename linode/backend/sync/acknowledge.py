"""`POST api/sync/mark-synced/`: writes that landed, and members that failed.

Only a live intent is acknowledged. One that is dead has been accounted for already (its write was seen, or
overtaken): the base has moved past it, and the member's rows stay as they are.
"""
from typing import NamedTuple, Optional

from django.db import transaction
from django.utils import timezone

from sync import memory, outbox
from sync.decision import next_base
from sync.merge import Base
from sync.models import Intent, MemberSyncQueue

ACKNOWLEDGED, DEAD_INTENT, STILL_DIRTY = "acknowledged", "dead_intent", "still_dirty"
RETRY_NOTED, DEAD_LETTER = "retry_noted", "dead_letter"


class Acknowledgement(NamedTuple):
    """A write that landed; `update_time` (nanoseconds) of its commit, None where nothing is left to carry one."""

    kennitala: str
    operation: str
    rev: int
    update_time: Optional[int]


class Failure(NamedTuple):
    """A member that could not be reconciled."""

    kennitala: str
    message: str
    permanent: bool


@transaction.atomic
def mark_synced(acknowledgements, failures):
    """What became of each member, by kennitala; an acknowledgement counts for more than a failure."""
    results = {
        failure.kennitala: DEAD_LETTER if failure.permanent else RETRY_NOTED for failure in failures
    }
    outbox.fail(
        [{"ssn": failure.kennitala, "message": failure.message, "permanent": failure.permanent} for failure in failures]
    )
    results.update(_acknowledge(acknowledgements))
    return results


def _acknowledge(acknowledgements):
    if not acknowledgements:
        return {}
    shadows = memory.locked_shadows([item.kennitala for item in acknowledgements])
    operations = [item.operation for item in acknowledgements]
    intents = {intent.operation: intent for intent in Intent.objects.filter(operation__in=operations, live=True)}
    live = [item for item in acknowledgements if _is_live(item, intents, shadows)]
    results = {item.kennitala: DEAD_INTENT for item in acknowledgements}
    if live:
        results.update(_settle(live, intents, shadows))
    return results


def _is_live(item, intents, shadows):
    intent = intents.get(item.operation)
    return intent is not None and intent.ssn == item.kennitala and item.kennitala in shadows


def _settle(live, intents, shadows):
    """The base becomes what was written; a member that has been edited since stays dirty."""
    memory.save_shadows(
        [_shadow_row(shadows[item.kennitala], intents[item.operation], item.update_time) for item in live]
    )
    memory.bury_all_intents([item.kennitala for item in live])
    outbox.finish_up_to([(item.kennitala, intents[item.operation].rev) for item in live])
    moved = [item for item in live if shadows[item.kennitala].rev != intents[item.operation].rev]
    outbox.keep_dirty(
        [
            {"ssn": item.kennitala, "rev": shadows[item.kennitala].rev, "action": "update", "fields_changed": {}}
            for item in moved
        ],
        grace_seconds=0,
    )
    still_dirty = {item.kennitala for item in moved}
    return {item.kennitala: STILL_DIRTY if item.kennitala in still_dirty else ACKNOWLEDGED for item in live}


def _shadow_row(shadow, intent, update_time):
    base = Base(shadow.base, shadow.tombstone, shadow.erased)
    values, tombstone, erased = next_base(base, intent.document)
    row = {"ssn": shadow.ssn, "rev": shadow.rev, "read_time": max(shadow.read_time, update_time or 0)}
    return dict(row, base=values, tombstone=tombstone, erased=erased)


def mark_rows_synced(ids):
    """The form the API had before revisions: rows by id. Returns how many were marked."""
    rows = MemberSyncQueue.objects.filter(id__in=ids).exclude(sync_status=MemberSyncQueue.SYNCED)
    return rows.update(
        sync_status=MemberSyncQueue.SYNCED,
        synced_at=timezone.now(),
        leased_until=None,
        dead=False,
        error_message=None,
    )
