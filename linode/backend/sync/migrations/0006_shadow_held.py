"""Keeps who waits for a person in a column of its own; until now the text of an error message said it."""

from django.db import migrations

import sync.json_field

CARRY_OVER = """
UPDATE sync_shadow SET held = '{"reason": "deletions", "where": "", "fingerprint": ""}'
WHERE ssn IN (
    SELECT ssn FROM membership_membersyncqueue
    WHERE sync_status = 'pending' AND error_message LIKE 'the deletion is held back:%%'
)
"""
"""The next run of such a member fills in where, and the fingerprint."""


class Migration(migrations.Migration):
    dependencies = [("sync", "0005_mark_along_one_index")]

    operations = [
        migrations.AddField(
            model_name="shadow",
            name="held",
            field=sync.json_field.JSONField(blank=True, null=True),
        ),
        migrations.RunSQL([(CARRY_OVER, [])], migrations.RunSQL.noop),
    ]
