"""The right to be forgotten: a member leaves, and no personal data stays in what the sync remembers.

The kennitala itself stays, in the tombstone and in the queue: it is how Firestore's copy is found and
removed, and how a late write is recognised.
"""

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from membership import audit
from membership.editor import record_editor
from membership.models import Comrade, ForeignAddress

from sync.models import Conflict, Intent, MemberSyncQueue, Shadow

ERASED = "(erased)"


@transaction.atomic
def erase(comrade, user):
    """Delete a member for good, here and (by the sync) in the cloud, and blank every record of the values."""
    record_editor(user)
    kennitala, key = comrade.ssn, comrade.pk
    addresses = [str(address.pk) for address in comrade.foreign_addresses.all()]
    comrade.delete()
    Shadow.objects.filter(ssn=kennitala).update(
        base=None, tombstone=None, erased=True, held=None, resting=None
    )
    Intent.objects.filter(ssn=kennitala).delete()
    Conflict.objects.filter(ssn=kennitala).delete()
    MemberSyncQueue.objects.filter(ssn=kennitala).update(fields_changed={}, error_message=None)
    members = ContentType.objects.get_for_model(Comrade)
    _blank_log(Comrade, [str(key)])
    _blank_log(ForeignAddress, addresses)
    LogEntry.objects.create(
        user=user,
        content_type=members,
        object_id=str(key),
        object_repr=ERASED,
        action_flag=audit.DELETION,
        change_message="Erased: the right to be forgotten.",
    )


def _blank_log(model, keys):
    entries = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(model), object_id__in=keys
    )
    entries.update(object_repr=ERASED, change_message="")
