"""Lets Django read a row whose day or instant PostgreSQL holds and Python cannot: the year 10000, BC.

The driver would refuse the whole query, so one such value would close a page of the admin. It reads as null
instead; the page says what stands there (`sync/notices.py`), and the forms write only what is changed. The
sync does not read through here: it selects texts (`sync/register.py`).
"""

import psycopg2.extensions
from django.db.backends.signals import connection_created

TYPES = {"DATE": psycopg2.extensions.PYDATE, "TIMESTAMPTZ": psycopg2.extensions.PYDATETIMETZ}


def connect():
    """Have every new connection to PostgreSQL read so."""
    connection_created.connect(_register, dispatch_uid="unreadable_days")


def _register(connection, **_):
    if connection.vendor != "postgresql":
        return
    for name, ordinary in TYPES.items():
        tolerant = psycopg2.extensions.new_type(ordinary.values, name, _or_null(ordinary))
        psycopg2.extensions.register_type(tolerant, connection.connection)


def _or_null(ordinary):
    def read(text, cursor):
        try:
            return ordinary(text, cursor)
        except (ValueError, OverflowError):
            return None

    return read
