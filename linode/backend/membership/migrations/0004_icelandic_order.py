"""Puts names into the order of the Icelandic alphabet: Á after A, and Þ, Æ and Ö after Z."""

from django.db import migrations

COLUMNS = [("comrade", 255), ("union", 100), ("title", 100)]
SORT = """DO $$ BEGIN
    IF EXISTS (SELECT 1 FROM pg_collation WHERE collname = 'is-x-icu') THEN
        ALTER TABLE membership_{} ALTER COLUMN name TYPE varchar({}) COLLATE "is-x-icu";
    END IF;
END $$"""
AS_BEFORE = 'ALTER TABLE membership_{} ALTER COLUMN name TYPE varchar({}) COLLATE "default"'


class Migration(migrations.Migration):
    """A column's collation is no part of a model in Django 2.2, so no model changes.

    Nothing is rewritten but the indexes of unions' and titles' names, some hundred rows. A PostgreSQL that was
    built without ICU goes on sorting as before.
    """

    dependencies = [("membership", "0003_search_entries")]

    operations = [
        migrations.RunSQL([SORT.format(*column)], [AS_BEFORE.format(*column)]) for column in COLUMNS
    ]
