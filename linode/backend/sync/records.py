"""The sync's records in PostgreSQL (shadows, intents, conflicts), for many members at once."""

import json
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from membership.erased import forgetting
from membership.models import Comrade
from merge_engine.field_map import BY_PATH
from merge_engine.in_flight import LANDING_SECONDS

from sync import moves, outbox, traces
from sync.models import Conflict, Intent, MemberSyncQueue, Move, Shadow
from sync.statements import execute

INTENT_LIFE = timedelta(days=30)
"""After so long a write can no longer land."""
MOST_FORGOTTEN = 5000
"""Rows of each kind that are removed at once: no claim waits long for it."""


def shadows(kennitalas):
    """Shadows by kennitala; one that is not there is empty."""
    found = {shadow.ssn: shadow for shadow in _rows(Shadow.objects.filter(ssn__in=kennitalas))}
    return {kennitala: found.get(kennitala) or Shadow(ssn=kennitala) for kennitala in kennitalas}


def locked_shadows(kennitalas):
    """The same, locked until the end of the transaction; one that is not there is left out."""
    locked = Shadow.objects.select_for_update().filter(ssn__in=kennitalas).order_by("ssn")
    return {shadow.ssn: shadow for shadow in _rows(locked)}


def intents(kennitalas):
    """All intents by kennitala, each by operation."""
    found = {kennitala: {} for kennitala in kennitalas}
    for intent in _rows(Intent.objects.filter(ssn__in=kennitalas)):
        found[intent.ssn][intent.operation] = intent
    return found


def live_intents(operations):
    """Intents that may still land, by operation."""
    live = Intent.objects.filter(operation__in=operations, live=True)
    return {intent.operation: intent for intent in _rows(live)}


def _rows(query):
    """The rows as plain named tuples: for thousands of them, model instances cost more than the query."""
    return query.values_list(*[field.attname for field in query.model._meta.concrete_fields], named=True)


def deletions_since(read_time, others_than):
    """How many members both sides agreed on; how many others were deleted since then, or are held."""
    return execute("deletions_since", [read_time, others_than])[0]


def save_shadows(rows):
    """Update shadows: dicts of ssn, rev, base, tombstone, read_time, erased, resting, mark; none is held."""
    if rows:
        execute("save_shadows", [json.dumps(rows)])


def save_bases(bases):
    """Set what both sides agree on at old numbers: pairs (kennitala, Base)."""
    if bases:
        rows = [
            {"ssn": kennitala, "base": base.values, "tombstone": base.tombstone, "erased": base.erased}
            for kennitala, base in bases
        ]
        execute("save_bases", [json.dumps(rows)])


def hold(held, read_time):
    """Note who waits for a person, pairs (kennitala, what is held), so that no earlier read lets them go."""
    if held:
        rows = [{"ssn": kennitala, "held": what, "read_time": read_time} for kennitala, what in held]
        execute("hold", [json.dumps(rows)])


def expire_intents(observed):
    """End the intents that can land no more: kennitala, the document's update time (or None), its mark.

    The one whose mark the document bears has landed.
    """
    names = ("ssn", "update_time", "operation")
    rows = [dict(zip(names, what)) for what in observed]
    if rows:
        execute("expire_intents", [json.dumps(rows)])


def close_intents(kennitalas, landed):
    """End all intents of members whose write is acknowledged; `landed`: the operations of those writes."""
    was_told = models.Case(models.When(operation__in=landed, then=True), default=models.F("landed"))
    Intent.objects.filter(ssn__in=kennitalas, live=True).update(live=False, landed=was_told)


def is_recent(intent):
    """Whether a write was decided so lately that it may still be on its way."""
    return abs(timezone.now() - intent.created_at) < timedelta(seconds=LANDING_SECONDS)


def add_intents(rows):
    """Record coming writes: dicts of operation, ssn, rev, document, precondition_time."""
    if rows:
        execute("add_intents", [json.dumps(rows)])


def forget_old():
    """Remove records whose time is over, up to MOST_FORGOTTEN of each kind; the next claim removes more.

    Intents that are too old to land, rows that the sync made for its own writes once these are as old, and
    who edited what, if it is older than SYNC_KEPT_DAYS. What is not synced stays, however old it is.
    """
    now = timezone.now()
    settled = MemberSyncQueue.objects.filter(sync_status=MemberSyncQueue.SYNCED)
    kept_since = now - timedelta(days=settings.SYNC_KEPT_DAYS)
    for rows in (
        Intent.objects.filter(created_at__lt=now - INTENT_LIFE),
        settled.filter(created_at__lt=kept_since),
        settled.filter(created_at__lt=now - INTENT_LIFE, changed_by=outbox.SYNC_ITSELF),
        Conflict.objects.filter(created_at__lt=kept_since),
    ):
        oldest = list(rows.order_by("created_at").values_list("pk", flat=True)[:MOST_FORGOTTEN])
        rows.model.objects.filter(pk__in=oldest).delete()
    _forget_old_numbers(kept_since)


def _forget_old_numbers(kept_since):
    """Nothing is left of numbers that members had long ago: neither where they led, nor the last values."""
    past = Move.objects.filter(moved_at__lt=kept_since, is_open=False).order_by("moved_at")
    olds = list(past.values_list("old_ssn", flat=True)[:MOST_FORGOTTEN])
    if olds:
        Shadow.objects.filter(ssn__in=olds, base__isnull=True).update(tombstone=None)
        Move.objects.filter(old_ssn__in=olds).delete()


def forget(kennitalas):
    """Delete these people, and remember only that Firestore's copy has to go, too: a pending row says so.

    It is the same for the numbers that they had before. Returns the present number by each of their numbers.
    """
    whose = moves.numbers_of(kennitalas)
    for kennitala in kennitalas:
        _forget_traces(kennitala, [number for number in whose if whose[number] == kennitala])
    _forget_numbers(sorted(whose))
    return whose


def _forget_numbers(kennitalas):
    """A member who was given one of these numbers since stays."""
    Shadow.objects.bulk_create([Shadow(ssn=ssn) for ssn in kennitalas], ignore_conflicts=True)
    shadows = Shadow.objects.filter(ssn__in=kennitalas)
    shadows.update(base=None, tombstone=None, erased=True, held=None, resting=None, mark=None)
    moves.forget(kennitalas)
    Intent.objects.filter(ssn__in=kennitalas).delete()
    Conflict.objects.filter(ssn__in=kennitalas).delete()
    rows = MemberSyncQueue.objects.filter(ssn__in=kennitalas)
    rows.filter(sync_status=MemberSyncQueue.SYNCED).delete()
    rows.update(fields_changed={}, error_message=None)
    outbox.keep_dirty(
        [
            {"ssn": ssn, "action": "delete", "fields_changed": {}, "rev": rev}
            for ssn, rev in shadows.order_by("ssn").values_list("ssn", "rev")
        ],
        grace_seconds=0,
    )


def drop(kennitalas):
    """Remove what was made only to ask about these people, of whom neither side has anything."""
    moves.forget(kennitalas)
    Shadow.objects.filter(ssn__in=kennitalas).delete()
    MemberSyncQueue.objects.filter(ssn__in=kennitalas).delete()


def _forget_traces(kennitala, numbers):
    """Delete the member, and forget what the register itself and other apps remember under all numbers."""
    known = traces.known_of(kennitala, numbers)
    forgetting.send(Comrade, kennitala=kennitala, texts=known.texts)
    for comrade in Comrade.objects.filter(ssn=kennitala):
        comrade.delete()
    traces.blank(known)
    traces.step_back(numbers)


def log_conflicts(losses):
    """Write the conflict log: pairs (kennitala, Lost)."""
    if not losses:
        return
    editors = _last_editors({kennitala for kennitala, _ in losses})
    Conflict.objects.bulk_create(
        Conflict(
            ssn=kennitala,
            field=lost.field,
            lost_on=lost.lost_on,
            lost_by=_loser(kennitala, lost, editors),
            django_value=lost.django,
            firestore_value=lost.firestore,
            reason=lost.reason,
        )
        for kennitala, lost in losses
    )


def _loser(kennitala, lost, editors):
    if lost.lost_on == Conflict.FIRESTORE:
        return "the member"
    column = BY_PATH[lost.field].column if lost.field in BY_PATH else None
    return editors.get((kennitala, column)) or editors.get((kennitala, None), "unknown")


def _last_editors(kennitalas):
    """Who last changed each column (None: any column) of each member here, as the capture trigger noted."""
    rows = MemberSyncQueue.objects.filter(ssn__in=kennitalas).exclude(changed_by=outbox.SYNC_ITSELF)
    editors = {}
    for kennitala, editor, changed in rows.order_by("created_at", "id").values_list(
        "ssn", "changed_by", "fields_changed"
    ):
        editors.update({(kennitala, column): editor for column in [None, *changed]})
    return editors
