"""Remembers when a person last decided what counts after a restore. Old code leaves the new column alone."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be null: nobody has decided yet."""

    dependencies = [("sync", "0011_comparison_round")]

    operations = [migrations.AddField("storedepoch", "decided_at", models.BigIntegerField(null=True))]
