"""Takes over the tokens that were kept in plain text, so that no caller's next call fails."""

from django.db import migrations

from api_access.carried_over import carry_over


class Migration(migrations.Migration):
    """The old rows stay until the switch: the release before still reads them."""

    dependencies = [("api_access", "0001_initial"), ("authtoken", "0002_auto_20160226_1747")]

    operations = [migrations.RunPython(carry_over, migrations.RunPython.noop)]
