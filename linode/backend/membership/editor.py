"""Tells the capture trigger who is editing, for the queue and the conflict log."""

from django.db import connection


def record_editor(user):
    """Name the user as the editor until the end of the current transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ekklesia.editor', %s, true)", [user.get_username()])
