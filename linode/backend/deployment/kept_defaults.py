"""Defaults in the database for columns that other people's migrations add without one.

Django gives a new column its default only while it is added. The release before knows nothing of the column:
its inserts would fail from then on, while it still serves and whenever it is gone back to. Our own migrations
add nullable columns instead; those of libraries are made good here.
"""

from django.db import connections

KEPT_DEFAULTS = {
    # django-axes 5 logs each log-in without it.
    ("axes", "0009_add_session_hash"): "ALTER TABLE axes_accesslog ALTER COLUMN session_hash SET DEFAULT ''",
}


def keep(sender, using, plan=(), **_):
    """Give the columns that were just added to an application their defaults. Receives `post_migrate`."""
    for migration, backwards in plan:
        statement = KEPT_DEFAULTS.get((migration.app_label, migration.name))
        if statement and sender.label == migration.app_label and not backwards:
            with connections[using].cursor() as cursor:
                cursor.execute(statement)
