"""Has the capture find a member's queued row along one index, whatever the statistics say."""

from django.db import migrations

from sync.statements import text_of


class Migration(migrations.Migration):
    """Only a function's plan changes, not what it does: on the way back it stays."""

    dependencies = [("sync", "0004_intent_landed")]

    operations = [migrations.RunSQL([text_of("mark")], migrations.RunSQL.noop)]
