"""A changed member asks for a prompt sync; the database trigger catches the change itself."""

from django.apps import apps
from django.db.models.signals import post_delete, post_save
from membership.signals import members_changed
from merge_engine.field_map import FIELDS

from sync.nudge import request_after_commit


def connect():
    """Listen to every model that a synced field lives in, and to bulk writes."""
    members_changed.connect(ask_for_sync, dispatch_uid="members_changed")
    for label in sorted({field.model for field in FIELDS}):
        for signal in (post_save, post_delete):
            signal.connect(ask_for_sync, sender=apps.get_model(label), dispatch_uid=(label, id(signal)))


def ask_for_sync(using, **_):
    """Ask once the change is committed."""
    request_after_commit(using)
