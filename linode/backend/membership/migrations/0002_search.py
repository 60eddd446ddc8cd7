"""Makes the entries by which members are found, and the triggers that keep them."""

import os

import django.db.models.deletion
from django.db import migrations, models

import membership.search

FOLDER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "sql")


def text_of(name):
    """The text of one file."""
    with open(os.path.join(FOLDER, name + ".sql"), encoding="utf-8") as file:
        return file.read()


class Migration(migrations.Migration):
    """The files are part of this migration: a later change of the functions is a new file and a new migration.

    The next migration makes the entries of who is in the register already.
    """

    dependencies = [("membership", "0001_initial")]

    operations = [
        migrations.RunSQL(
            [text_of("search")],
            [text_of("search_remove")],
            state_operations=[
                migrations.CreateModel(
                    name="SearchEntry",
                    fields=[
                        (
                            "comrade",
                            models.OneToOneField(
                                db_constraint=False,
                                on_delete=django.db.models.deletion.DO_NOTHING,
                                primary_key=True,
                                related_name="search_entry",
                                serialize=False,
                                to="membership.comrade",
                            ),
                        ),
                        ("words", membership.search.WordsField(default="", editable=False)),
                    ],
                )
            ],
        )
    ]
