"""By a table's name it is known whose it is: `tests/linode/tables.py` finds the tables so."""

from django.apps import apps
from django.test import SimpleTestCase

APPS = ("membership", "sync")


class TableNames(SimpleTestCase):
    """Of both apps that keep what people and the sync wrote."""

    def test_each_table_is_called_after_one_of_them(self):
        tables = [
            model._meta.db_table
            for app in APPS
            for model in apps.get_app_config(app).get_models(include_auto_created=True)
        ]
        self.assertEqual([name for name in tables if name.split("_")[0] not in APPS], [])
        self.assertIn("sync_move", tables)
