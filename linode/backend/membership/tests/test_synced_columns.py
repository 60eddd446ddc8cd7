"""The models have the columns that the field map names, and the columns hold what it says."""

from django.apps import apps
from django.test import SimpleTestCase
from merge_engine.conversions import to_column
from merge_engine.field_map import FIELDS

from membership.choices import labelled

COLUMNS = [(field, apps.get_model(field.model)._meta.get_field(field.column)) for field in FIELDS]


class SyncedColumnTests(SimpleTestCase):
    """Row by row."""

    def test_texts_are_as_long(self):
        for field, column in COLUMNS:
            if field.max_length:
                self.assertEqual(column.max_length, field.max_length, field.path)

    def test_choices_are_the_same(self):
        for field, column in COLUMNS:
            if field.choices:
                held = [to_column(field, name) for name in field.choices]
                self.assertEqual([value for value, _ in column.choices], held, field.path)

    def test_what_nobody_has_to_say_may_be_left_empty(self):
        for field, column in COLUMNS:
            if not field.required:
                self.assertTrue(column.blank, field.path)

    def test_labels_for_other_choices_are_refused(self):
        with self.assertRaises(ValueError):
            labelled("membership.status", active="Virk", left="Hætt", gone="Horfin")
