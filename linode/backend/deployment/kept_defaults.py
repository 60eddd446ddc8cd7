"""Defaults in the database for columns that the migrations of libraries add without one.

Django sets a new column's default only while it adds the column. The previous release does not know the
column, so its inserts would fail while it still serves, and after a rollback. Our own migrations add nullable
columns instead; the columns of libraries get their defaults here.
"""

from django.db import connections

KEPT_DEFAULTS = {
    # django-axes 5 logs each log-in without it.
    ("axes", "0009_add_session_hash"): "ALTER TABLE axes_accesslog ALTER COLUMN session_hash SET DEFAULT ''",
}


def keep(sender, using, plan=(), **_):
    """Set the defaults of columns that were just added to an application. Receives `post_migrate`."""
    for migration, backwards in plan:
        statement = KEPT_DEFAULTS.get((migration.app_label, migration.name))
        if statement and sender.label == migration.app_label and not backwards:
            with connections[using].cursor() as cursor:
                cursor.execute(statement)
