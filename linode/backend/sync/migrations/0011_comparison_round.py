"""Remembers how far the comparison has come. Old code knows nothing of the new table."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = [("sync", "0010_shadow_mark")]

    operations = [
        migrations.CreateModel(
            name="ComparisonRound",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("after", models.CharField(blank=True, default="", max_length=10)),
                ("began_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("completed_at", models.DateTimeField(blank=True, null=True)),
                ("running_since", models.DateTimeField(blank=True, null=True)),
            ],
        ),
    ]
