"""Removes the tokens in plain text, and the account that the functions shared."""

from django.db import migrations

from api_access.carried_over import forget_plain


class Migration(migrations.Migration):
    """A release from before reads the removed rows, so it is not gone back to across this."""

    after_switch = True
    dependencies = [("api_access", "0002_carry_over")]

    operations = [migrations.RunPython(forget_plain, migrations.RunPython.noop)]
