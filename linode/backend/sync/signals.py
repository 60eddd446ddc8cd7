"""A saved or deleted member asks for a prompt sync; the database trigger catches the change itself."""

from django.apps import apps
from django.db.models.signals import post_delete, post_save
from merge_engine.field_map import FIELDS

from sync.nudge import request_after_commit


def connect():
    """Listen to every model that a synced field lives in."""
    for label in sorted({field.model for field in FIELDS}):
        for signal in (post_save, post_delete):
            signal.connect(ask_for_sync, sender=apps.get_model(label), dispatch_uid=(label, id(signal)))


def ask_for_sync(using, **_):
    """Ask once the change is committed."""
    request_after_commit(using)
