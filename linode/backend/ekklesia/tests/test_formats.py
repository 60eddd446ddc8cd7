"""Dates and times as people here write them, in both languages."""

from datetime import date, datetime

from django import forms
from django.test import SimpleTestCase
from django.utils import formats, translation

AFTERNOON = datetime(2026, 12, 1, 16, 5)


class FormatTests(SimpleTestCase):
    """What pages show, and what forms take."""

    def test_the_clock_has_24_hours(self):
        for language, shown in (("is", "1. desember 2026, 16:05"), ("en", "1 December 2026, 16:05")):
            with translation.override(language):
                self.assertEqual(formats.date_format(AFTERNOON, "DATETIME_FORMAT"), shown)
                self.assertEqual(formats.time_format(AFTERNOON.time(), "TIME_FORMAT"), "16:05")
                self.assertIn("16:05", formats.date_format(AFTERNOON, "SHORT_DATETIME_FORMAT"))

    def test_a_day_may_be_typed_as_it_is_written_and_never_as_in_america(self):
        for language in ("is", "en"):
            with translation.override(language):
                for typed in ("31.12.1969", "31/12/1969", "1969-12-31"):
                    self.assertEqual(forms.DateField().clean(typed), date(1969, 12, 31))
                self.assertEqual(forms.DateField().clean("1.2.1970"), date(1970, 2, 1))
                with self.assertRaises(forms.ValidationError):
                    forms.DateField().clean("12/31/1969")
