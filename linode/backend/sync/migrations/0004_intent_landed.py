"""Records which intents are known to have landed; the others may still be on their way."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """The column is nullable, because the previous release inserts rows without it."""

    dependencies = [("sync", "0003_work_indexes")]

    operations = [migrations.AddField("intent", "landed", models.BooleanField(null=True))]
