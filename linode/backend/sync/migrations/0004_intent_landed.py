"""Intents tell those that are known to have landed from those that may still be on their way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """A nullable column: the release before this one goes on inserting without it."""

    dependencies = [("sync", "0003_work_indexes")]

    operations = [migrations.AddField("intent", "landed", models.BooleanField(null=True))]
