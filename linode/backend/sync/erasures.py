"""Erasures under way: what the cloud is to carry out, and when nothing here has to name the person any more.

The cloud puts the key on its list of erased keys, removes all that it has of the person, and says so. The
records here stay for some time longer: a worker may have read the old document before.
"""

import uuid
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from membership.models import Comrade
from merge_engine.erased_keys import REASON

from sync import moves, outbox
from sync.models import Erasure, Intent, MemberSyncQueue, Shadow

LAST_WORKERS = timedelta(minutes=15)
"""No worker lives so long that it may still hold what it read before the key was on the list."""


def of(kennitalas):
    """The last erasure of each of these people, by kennitala."""
    return {row.ssn: row for row in Erasure.objects.filter(ssn__in=kennitalas)}


def note(rows):
    """These are done again: (kennitala, erasure, whether the person has joined again since).

    If not, the cloud is to look after what it has of the person, too.
    """
    for kennitala, erasure, let_in in rows:
        listed = timezone.now() if let_in else None
        noted = {"erasure": erasure, "ordered_at": timezone.now(), "listed": listed, "let_in": let_in}
        Erasure.objects.update_or_create(ssn=kennitala, defaults=noted)


def order(kennitala):
    """A new erasure of this person; whatever an earlier one said counts no more."""
    begun = {"erasure": str(uuid.uuid4()), "ordered_at": timezone.now(), "listed": None, "let_in": False}
    Erasure.objects.update_or_create(ssn=kennitala, defaults=begun)


@transaction.atomic
def to_carry_out(limit):
    """Erasures that the cloud has not carried out, and those that it is to look after once more; the oldest
    first. Each is a dict of kennitala and erasure."""
    mine = Erasure.objects.filter(let_in=False)
    again = mine.filter(_is_over())
    there = Comrade.objects.filter(ssn__in=again.values("ssn")).values_list("ssn", flat=True)
    rows = (mine.filter(listed=None) | again.exclude(ssn__in=list(there))).order_by("ordered_at", "ssn")[
        :limit
    ]
    return [{"kennitala": row.ssn, "erasure": row.erasure} for row in rows]


@transaction.atomic
def carried_out(done):
    """The cloud has forgotten these people: pairs of kennitala and erasure."""
    now = timezone.now()
    for ssn, erasure in done:
        Erasure.objects.filter(ssn=ssn, erasure=erasure, listed=None).update(listed=now)
        old = Erasure.objects.filter(_is_over(), ssn=ssn, erasure=erasure, let_in=False)
        if old.exists() and not _is_needed(ssn):
            for model in (MemberSyncQueue, Intent, Shadow, Erasure):
                model.objects.filter(ssn=ssn).delete()


@transaction.atomic
def let_in(kennitala):
    """Staff say that a person who is held joined again; whether anybody was asked about them."""
    shadow = Shadow.objects.select_for_update().filter(ssn=kennitala).first()
    held = shadow.held if shadow is not None else None
    if not held or held["reason"] != REASON:
        return False
    Shadow.objects.filter(ssn=kennitala).update(base=None, tombstone=None, erased=True, held=None)
    note([(kennitala, held["erasure"], True)])
    MemberSyncQueue.objects.filter(ssn=kennitala, sync_status=MemberSyncQueue.PENDING).update(
        next_attempt_at=timezone.now()
    )
    row = {"ssn": kennitala, "action": "create", "fields_changed": {}, "rev": shadow.rev}
    outbox.keep_dirty([row], grace_seconds=0)
    return True


def _is_over():
    """Listed so long ago, or in the future of a clock that was set back since."""
    now = timezone.now()
    return Q(listed__lt=now - LAST_WORKERS) | Q(listed__gt=now + LAST_WORKERS)


def _is_needed(ssn):
    """Whether somebody is in the register again, or a write of ours is not acknowledged."""
    there = Comrade.objects.filter(ssn=ssn).exists()
    moving = any(move.is_open for move in moves.among([ssn]))
    return there or moving or Intent.objects.filter(ssn=ssn, live=True).exists()


def take_up_old_ones():
    """Erasures by a release that kept no list: only the shadow says so. All are read, so once a night."""
    known = Erasure.objects.filter(ssn=OuterRef("ssn"))
    old = Shadow.objects.filter(erased=True).annotate(known=Exists(known)).filter(known=False)
    for ssn in list(old.order_by("ssn").values_list("ssn", flat=True)):
        order(ssn)
