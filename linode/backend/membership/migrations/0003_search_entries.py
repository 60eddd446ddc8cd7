"""Makes the search entries of who is in the register already."""

from django.db import migrations

AT_ONCE = 1000
NEXT = "SELECT id FROM membership_comrade WHERE id > %s ORDER BY id LIMIT %s"


def make_entries(apps, schema_editor):
    """A thousand members in each transaction, so that nobody who edits one of them waits for long."""
    last = 0
    with schema_editor.connection.cursor() as cursor:
        while last is not None:
            cursor.execute(NEXT, [last, AT_ONCE])
            ids = [row[0] for row in cursor.fetchall()]
            cursor.execute("SELECT search_renew(%s::integer[])", [ids])
            last = ids[-1] if ids else None


class Migration(migrations.Migration):
    """Each edit that comes meanwhile makes its member's entry itself."""

    atomic = False
    dependencies = [("membership", "0002_search")]

    operations = [migrations.RunPython(make_entries, migrations.RunPython.noop)]
