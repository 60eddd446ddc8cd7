"""Remembers which fields the cloud says it knows. Old code knows nothing of the new table."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    """A table of one row."""

    dependencies = [("sync", "0008_epoch")]

    operations = [
        migrations.CreateModel(
            name="CloudFieldMap",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("told", models.TextField(blank=True)),
                ("since", models.DateTimeField(default=django.utils.timezone.now)),
                ("heard_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
    ]
