"""PostgreSQL's statistics of the tables that a sync reads; from stale ones it plans the statements badly."""

from django.db import connection

from sync import register
from sync.models import MemberSyncQueue, Shadow


def refresh():
    """Renew them in the transaction that has just changed much; autovacuum would do it a minute later."""
    registered = [register.table(label) for label in [register.COMRADE] + register.DETAILS]
    with connection.cursor() as cursor:
        for table in registered + [MemberSyncQueue._meta.db_table, Shadow._meta.db_table]:
            cursor.execute("ANALYZE {}".format(table))
