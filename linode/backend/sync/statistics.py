"""PostgreSQL's statistics of the tables that a sync reads: on stale ones its statements are planned badly."""

from django.db import connection

from sync import register
from sync.models import MemberSyncQueue, Shadow


def refresh():
    """Take them anew, in the transaction that has just changed much: else autovacuum does, a minute later."""
    registered = [register.table(label) for label in [register.COMRADE] + register.DETAILS]
    with connection.cursor() as cursor:
        for table in registered + [MemberSyncQueue._meta.db_table, Shadow._meta.db_table]:
            cursor.execute("ANALYZE {}".format(table))
