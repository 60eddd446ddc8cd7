"""Has the capture find a member's queued row along one index, whatever the statistics say."""

import os

from django.db import migrations

SQL = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql")


def statement(name):
    """The text of one file of the folder `sql`."""
    with open(os.path.join(SQL, name), encoding="utf-8") as file:
        return file.read()


class Migration(migrations.Migration):
    """Only a function's plan changes, not what it does: on the way back it stays."""

    dependencies = [("sync", "0004_intent_landed")]

    operations = [migrations.RunSQL([statement("mark.sql")], migrations.RunSQL.noop)]
