"""Installs the triggers that capture every change, and the index by which pending rows are claimed."""

from django.db import migrations

from sync.statements import text_of


class Migration(migrations.Migration):
    """The files are part of this migration: a later change of the triggers is a new file and a new migration."""

    dependencies = [("sync", "0001_initial"), ("membership", "0001_initial")]

    operations = [
        migrations.RunSQL([text_of("capture")], [text_of("capture_remove")]),
        migrations.RunSQL(
            [
                "CREATE INDEX queue_due ON membership_membersyncqueue (next_attempt_at) WHERE sync_status = 'pending'"
            ],
            ["DROP INDEX queue_due"],
        ),
    ]
