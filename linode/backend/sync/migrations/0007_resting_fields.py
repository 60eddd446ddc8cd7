"""Remembers which fields of a member are not synced now. Old code leaves the new column alone."""

from django.db import migrations

import sync.json_field

INDEX = "CREATE INDEX shadow_resting ON sync_shadow (ssn) WHERE resting IS NOT NULL"


class Migration(migrations.Migration):
    """A column that may be null, and an index of the few rows where it is not."""

    dependencies = [("sync", "0006_shadow_held")]

    operations = [
        migrations.AddField("shadow", "resting", sync.json_field.JSONField(blank=True, null=True)),
        migrations.RunSQL(INDEX, "DROP INDEX shadow_resting"),
    ]
