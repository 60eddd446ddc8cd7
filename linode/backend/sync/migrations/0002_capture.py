"""Installs the triggers that capture every change, and the index by which pending rows are claimed."""

import os

from django.db import migrations

SQL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql")


def statement(name):
    """The text of one file of the folder `sql`."""
    with open(os.path.join(SQL, name), encoding="utf-8") as file:
        return file.read()


class Migration(migrations.Migration):
    """The files are part of this migration: a later change of the triggers is a new file and a new migration."""

    dependencies = [("sync", "0001_initial"), ("membership", "0001_initial")]

    operations = [
        migrations.RunSQL([statement("capture.sql")], [statement("capture_remove.sql")]),
        migrations.RunSQL(
            [
                "CREATE INDEX queue_due ON membership_membersyncqueue (next_attempt_at) WHERE sync_status = 'pending'"
            ],
            ["DROP INDEX queue_due"],
        ),
    ]
