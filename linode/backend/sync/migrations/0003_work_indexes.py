"""Indexes along which a claim costs the same however much else is pending or has been."""

import os

from django.db import migrations, models

SQL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql")


def statement(name):
    """The text of one file of the folder `sql`."""
    with open(os.path.join(SQL, name), encoding="utf-8") as file:
        return file.read()


class Migration(migrations.Migration):
    """Only indexes: no row and no column changes.

    The kennitala's own goes: `queue_ssn_created` serves as well, and every index is written with every change of
    a row's state.
    """

    dependencies = [("sync", "0002_capture")]

    operations = [
        migrations.AlterField("membersyncqueue", "ssn", models.CharField("kennitala", max_length=10)),
        migrations.RunSQL([statement("work_indexes.sql")], [statement("work_indexes_remove.sql")]),
    ]
