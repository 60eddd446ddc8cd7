"""The right to be forgotten: a person leaves both halves, and no personal data stays in what is remembered.

It works for everybody: a member, somebody who was deleted before, and somebody of whom only traces are left.
The kennitala itself stays in the shadow and the queue until Firestore's copy is known to be gone: that is
how the copy is found, and how a late write is recognised.
"""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from membership import audit
from membership.editor import record_editor
from membership.erased import forgetting
from membership.models import Comrade

from sync import moves, records, traces

NOBODY = "-"
"""Stands in the admin's log for the number of somebody who is no member."""


@transaction.atomic
def erase(kennitala, user):
    """Erase a person for good, here and (by the sync) in the cloud, and blank every record of the values."""
    record_editor(user)
    numbers = [kennitala] + moves.old_numbers(kennitala)
    known = traces.known_of(numbers)
    forgetting.send(Comrade, kennitala=kennitala, texts=known.texts)
    for comrade in Comrade.objects.filter(ssn=kennitala):
        comrade.delete()
    records.forget(numbers)
    traces.blank(known)
    traces.step_back(numbers)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Comrade),
        object_id=str(known.numbers[-1]) if known.numbers else NOBODY,
        object_repr=traces.ERASED,
        action_flag=audit.DELETION,
        change_message="Erased: the right to be forgotten.",
    )
