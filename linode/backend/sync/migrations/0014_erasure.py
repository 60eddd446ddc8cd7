"""Remembers an erasure until both halves have forgotten the person. Old code knows nothing of the new table.

People who were erased before this table was there have a shadow that says so; the next run takes them up.
"""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table that is nearly always empty."""

    dependencies = [("sync", "0013_move")]

    operations = [
        migrations.CreateModel(
            name="Erasure",
            fields=[
                ("ssn", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("erasure", models.CharField(max_length=36)),
                ("ordered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("listed", models.DateTimeField(blank=True, null=True)),
                ("let_in", models.BooleanField(default=False)),
            ],
        ),
    ]
