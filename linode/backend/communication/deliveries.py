"""What becomes of each delivery. Each change is one statement that names the state before, so only one wins.

    pending --claim--> sending --settle--> sent | failed | pending (later) | unknown
    pending <--stop/go on--> stopped        unknown --a person's word--> pending

A row is `sending` from before the letter's text is handed over until the answer is known. Nobody but a person
makes a row pending again that was `sending` and got no answer.
"""

from datetime import timedelta

from django.db.models import Count
from django.utils import timezone

from communication.models import Delivery

BATCH = 500
LONGEST_REPLY = 300


def create(letter, members):
    """A pending delivery for each of these members, by their keys."""
    for start in range(0, len(members), BATCH):
        rows = [Delivery(letter=letter, comrade_id=key) for key in members[start : start + BATCH]]
        Delivery.objects.bulk_create(rows)


def due(limit):
    """The next ones to send, the oldest first, with their letters."""
    waiting = Delivery.objects.filter(state=Delivery.PENDING, due_at__lte=timezone.now()).order_by("id")
    return list(waiting.select_related("letter")[:limit])


def pending_now(delivery):
    """The delivery as it is at this moment, with letter and member; None if it is not pending any more."""
    rows = Delivery.objects.filter(pk=delivery.pk, state=Delivery.PENDING)
    return rows.select_related("letter", "comrade__contact_info").first()


def claim(delivery, address):
    """Say, before the letter is handed over, that it is being sent; False if it is not pending any more."""
    now = timezone.now()
    claimed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.PENDING).update(
        state=Delivery.SENDING, address=address, tried_at=now, reply=""
    )
    return claimed == 1


def settle(delivery, state, reply):
    """How it ended, of one that was claimed."""
    _change(delivery, Delivery.SENDING, state=state, reply=reply[:LONGEST_REPLY])


def fail(delivery, before, reply):
    """It is not tried again. `before`: its state now."""
    _change(delivery, before, state=Delivery.FAILED, reply=reply[:LONGEST_REPLY])


def put_off(delivery, before, seconds, reply, attempts):
    """It is tried again after these seconds, unless its letter was stopped meanwhile.

    `before`: its state; `attempts`: how often it was refused.
    """
    stopped = Delivery.objects.filter(letter=delivery.letter_id, state=Delivery.STOPPED).exists()
    later = timezone.now() + timedelta(seconds=seconds)
    _change(
        delivery,
        before,
        state=Delivery.STOPPED if stopped else Delivery.PENDING,
        due_at=later,
        attempts=attempts,
        reply=reply[:LONGEST_REPLY],
    )


def give_up_interrupted(reply, older_than=0):
    """Nobody knows whether these arrived: whoever was sending them ended. How many.

    `older_than`: seconds since they were claimed; longer than a server may take, nobody waits for an answer.
    """
    moment = timezone.now() - timedelta(seconds=older_than)
    left = Delivery.objects.filter(state=Delivery.SENDING, tried_at__lte=moment)
    return left.update(state=Delivery.UNKNOWN, reply=reply)


def give_up_waiting(reply):
    """Nobody knows whether these were sent: the register is older than what was done since. How many."""
    open_ones = [Delivery.PENDING, Delivery.SENDING, Delivery.STOPPED]
    return Delivery.objects.filter(state__in=open_ones).update(state=Delivery.UNKNOWN, reply=reply)


def stop(letter):
    """Hold back what is not being sent at this moment; how many."""
    return _all(letter, Delivery.PENDING, Delivery.STOPPED)


def go_on(letter):
    """Send what was held back; how many."""
    return _all(letter, Delivery.STOPPED, Delivery.PENDING)


def send_again(letter):
    """Send those again that may have arrived, because a person says so; how many."""
    return _all(letter, Delivery.UNKNOWN, Delivery.PENDING)


def counts(letter=None):
    """State → how many deliveries, of one letter or of all."""
    rows = Delivery.objects.filter(letter=letter) if letter else Delivery.objects.all()
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in Delivery.STATES}


def tried_since(moment):
    """How many were handed over since then, whatever became of them."""
    return Delivery.objects.filter(tried_at__gte=moment).count()


def oldest_due():
    """Since when the oldest waits that is due; None if none is."""
    waiting = Delivery.objects.filter(state=Delivery.PENDING, due_at__lte=timezone.now())
    return waiting.order_by("due_at").values_list("due_at", flat=True).first()


def _all(letter, before, after):
    return Delivery.objects.filter(letter=letter, state=before).update(
        state=after, attempts=0, due_at=timezone.now()
    )


def _change(delivery, before, **values):
    Delivery.objects.filter(pk=delivery.pk, state=before).update(**values)
