"""A backup of the whole database, and its restore, within one test's transaction."""

from django.db import connection

COPY = "kept_{}"


def tables():
    """The names of all tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
        )
        return [name for (name,) in cursor.fetchall()]


def back_up():
    """Keep every row of every table."""
    with connection.cursor() as cursor:
        for name in tables():
            cursor.execute('CREATE TEMPORARY TABLE "{}" AS TABLE "{}"'.format(COPY.format(name), name))


def restore():
    """Exactly these rows again, once; the triggers sleep, as in `pg_restore`."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL session_replication_role = replica")
        for name in tables():
            cursor.execute('DELETE FROM "{}"'.format(name))
            cursor.execute('INSERT INTO "{}" TABLE "{}"'.format(name, COPY.format(name)))
            cursor.execute('DROP TABLE "{}"'.format(COPY.format(name)))
        cursor.execute("SET LOCAL session_replication_role = origin")
