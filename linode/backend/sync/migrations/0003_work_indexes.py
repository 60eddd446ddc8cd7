"""Indexes with which a claim costs the same, however many rows are pending or synced."""

from django.db import migrations, models

from sync.statements import text_of


class Migration(migrations.Migration):
    """Only indexes: no row and no column changes.

    The kennitala's own index goes: `queue_ssn_created` serves as well, and every change of a row's state
    writes every index.
    """

    dependencies = [("sync", "0002_capture")]

    operations = [
        migrations.AlterField("membersyncqueue", "ssn", models.CharField("kennitala", max_length=10)),
        migrations.RunSQL([text_of("work_indexes")], [text_of("work_indexes_remove")]),
    ]
