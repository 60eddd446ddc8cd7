"""Adds the epoch, by which a store that was set back is noticed. Old code knows nothing of the table."""

from django.db import migrations, models

import sync.json_field


class Migration(migrations.Migration):
    """A table of one row, which the first call makes."""

    dependencies = [("sync", "0007_resting_fields")]

    operations = [
        migrations.CreateModel(
            name="StoredEpoch",
            fields=[
                (
                    "id",
                    models.AutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID"),
                ),
                ("line", models.CharField(blank=True, default="", max_length=32)),
                ("issued", models.BigIntegerField(default=0)),
                ("confirmed", models.BigIntegerField(default=0)),
                ("next_line", models.CharField(blank=True, default="", max_length=32)),
                ("stopped", sync.json_field.JSONField(blank=True, null=True)),
            ],
            options={"db_table": "sync_epoch"},
        ),
    ]
