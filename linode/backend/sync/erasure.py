"""The right to be forgotten: a person leaves both halves, and no personal data stays in what is remembered.

It works for everybody: a member, somebody who was deleted before, and somebody of whom only traces are left.
The kennitala itself stays in the sync's records until the cloud has forgotten the person, too: that is how
its copy is found, and how a late write is recognised (`sync/erasures.py`).
"""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from membership import audit
from membership.editor import record_editor
from membership.models import Comrade

from sync import erasures, moves, records, traces

NOBODY = "-"
"""Stands in the admin's log for the number of somebody who is no member."""


class StillMovingError(Exception):
    """The document at this old number is still the member's at the new one, and is to go along first."""


@transaction.atomic
def erase(kennitala, user):
    """Erase a person for good, here and (by the sync) in the cloud, and blank every record of the values.

    It reaches the numbers that the person had before, too. Raises StillMovingError.
    """
    if any(move.is_open and move.old == kennitala for move in moves.among([kennitala])):
        raise StillMovingError
    record_editor(user)
    numbers = traces.known_of(kennitala, moves.numbers_of([kennitala])).numbers
    for number in records.forget([kennitala]):
        erasures.order(number)
    LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(Comrade),
        object_id=str(numbers[-1]) if numbers else NOBODY,
        object_repr=traces.ERASED,
        action_flag=audit.DELETION,
        change_message="Erased: the right to be forgotten.",
    )
