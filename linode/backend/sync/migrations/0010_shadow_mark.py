"""Remembers whose mark a document bore, and when an epoch was seen. Old code leaves the new columns alone."""

from django.db import migrations, models

import sync.json_field


class Migration(migrations.Migration):
    """Columns that may be null: nothing is known until the next read."""

    dependencies = [("sync", "0009_cloud_field_map")]

    operations = [
        migrations.AddField("shadow", "mark", sync.json_field.JSONField(blank=True, null=True)),
        migrations.AddField("storedepoch", "confirmed_at", models.BigIntegerField(null=True)),
    ]
