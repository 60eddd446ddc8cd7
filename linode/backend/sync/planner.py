"""Tells PostgreSQL's planner, once for each connection, what kind of statements the site has.

All read few rows along an index. At 100,000 members the planner thinks so much of a claim's cost that it has
the statement compiled, which takes half a second; the claim itself takes 40 ms. And the whole register is in
memory, so a page that is read at random costs hardly more than the next one.
"""

from django.db.backends.signals import connection_created

JIT_SINCE = 110000
"""The first release of PostgreSQL that compiles statements; one before does not know the setting."""


def connect():
    """Have every new connection to PostgreSQL planned so."""
    connection_created.connect(_settle, dispatch_uid="planner")


def _settle(connection, **_):
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SET random_page_cost = 1.1")
        if connection.pg_version >= JIT_SINCE:
            cursor.execute("SET jit = off")
