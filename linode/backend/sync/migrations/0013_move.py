"""A corrected kennitala is one operation: the trigger notes it as a move, and not as a deletion and a creation.

Earlier code knows nothing of the table. It finds every read of both numbers too old, so it leaves them alone.
"""

import django.utils.timezone
from django.db import migrations, models

from sync.statements import text_of


class Migration(migrations.Migration):
    """On the way back, the two numbers of an open move are a deletion and a creation, as they were before."""

    dependencies = [("sync", "0012_epoch_decided_at")]

    operations = [
        migrations.CreateModel(
            name="Move",
            fields=[
                ("old_ssn", models.CharField(max_length=10, primary_key=True, serialize=False)),
                ("new_ssn", models.CharField(db_index=True, max_length=10)),
                ("is_open", models.BooleanField(default=True)),
                ("read_time", models.BigIntegerField(default=0)),
                ("moved_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("moved_by", models.CharField(blank=True, default="", max_length=150)),
            ],
        ),
        migrations.RunSQL([text_of("moves")], [text_of("moves_remove")]),
    ]
