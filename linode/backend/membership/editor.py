"""Tells the capture trigger who is editing, for the queue and the conflict log."""

from django.db import DatabaseError, connection

READING = ("GET", "HEAD", "OPTIONS", "TRACE")


def record_editor(user):
    """Name the user as the editor until the end of the current transaction."""
    record_editor_name(user.get_username())


def record_editor_name(name):
    """The same for a change that no user makes."""
    _name(name, True)


def editor_of_request(get_response):
    """Name whoever is logged in as the editor of all that their request changes, in any transaction.

    The connection serves others afterwards, so the name is taken back; if that fails, it is closed.
    """

    def middleware(request):
        if request.method in READING or not request.user.is_authenticated:
            return get_response(request)
        _name(request.user.get_username(), False)
        try:
            return get_response(request)
        finally:
            try:
                _name("", False)
            except DatabaseError:
                connection.close()

    return middleware


def _name(editor, in_transaction_only):
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('ekklesia.editor', %s, %s)", [editor, in_transaction_only])
