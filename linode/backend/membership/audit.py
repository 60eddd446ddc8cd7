"""Django's own admin log, for changes that are not made on the admin's pages."""

from django.contrib.admin.models import ADDITION, CHANGE, DELETION, LogEntry
from django.contrib.contenttypes.models import ContentType

__all__ = ["ADDITION", "CHANGE", "DELETION", "log"]


def log(user, instance, action, message):
    """Record that a user did something to an instance; the message names fields, never values."""
    return LogEntry.objects.create(
        user=user,
        content_type=ContentType.objects.get_for_model(instance),
        object_id=str(instance.pk),
        object_repr=str(instance)[:200],
        action_flag=action,
        change_message=message,
    )
