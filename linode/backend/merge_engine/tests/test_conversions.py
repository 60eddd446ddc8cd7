"""Conversions: what is canonical, what is refused; and the vectors that both halves of the system share."""

import json
import os
from unittest import TestCase

from merge_engine import instants
from merge_engine.conversions import CONVERSIONS, UnconvertibleError, conversion_of, from_column, from_wire
from merge_engine.documents import content_hash, flatten
from merge_engine.field_map import BY_PATH

BACKEND = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CONTRACT = os.path.join(os.path.dirname(os.path.dirname(BACKEND)), "tests", "contract")


def vectors(name):
    """The cases of one file of tests/contract."""
    with open(os.path.join(CONTRACT, name), encoding="utf-8") as file:
        return json.load(file)["cases"]


class ContractTests(TestCase):
    """The vectors in tests/contract."""

    def test_hashes(self):
        for case in vectors("member_hashes.json"):
            with self.subTest(case["name"]):
                self.assertEqual(content_hash(flatten(case["document"])), case["hash"])

    def test_canonical_values(self):
        for case in vectors("canonical_values.json"):
            with self.subTest(case["name"]):
                self.assertEqual(from_wire(BY_PATH[case["field"]], case["value"]), case["canonical"])

    def test_refused_values(self):
        for case in vectors("refused_values.json"):
            with self.subTest(case["name"]), self.assertRaises(UnconvertibleError) as caught:
                from_wire(BY_PATH[case["field"]], case["value"])
            self.assertIn(case["field"], str(caught.exception))
            if isinstance(case["value"], str) and len(case["value"]) > 5:
                self.assertNotIn(case["value"], str(caught.exception))

    def test_instants(self):
        for case in vectors("instants.json"):
            with self.subTest(case["text"]):
                self.assertEqual(str(instants.parse(case["text"])), case["nanoseconds"])


class ColumnTests(TestCase):
    """Between wire and column."""

    def test_there_and_back(self):
        columns = {
            "text": "Þórður ǵ 🙂",
            "email": "jon@example.is",
            "phone": "5551234",
            "boolean": False,
            "integer": 7,
            "kennitala": "0101701234",
        }
        for kind, value in columns.items():
            with self.subTest(kind):
                conversion = CONVERSIONS[kind]
                self.assertEqual(conversion.to_column(conversion.from_column(value)), value)

    def test_choices_there_and_back(self):
        columns = {"profile.gender": 2, "profile.housingSituation": 6, "membership.status": "left"}
        for path, value in columns.items():
            with self.subTest(path):
                conversion = conversion_of(BY_PATH[path])
                self.assertEqual(conversion.to_column(conversion.from_column(value)), value)

    def test_empty_column_of_a_required_field_stands_for_the_default(self):
        self.assertIs(from_column(BY_PATH["profile.reachable"], None), True)
        self.assertEqual(from_column(BY_PATH["profile.gender"], None), "unknown")
        self.assertIsNone(from_column(BY_PATH["profile.birthday"], None))

    def test_days_and_moments(self):
        self.assertEqual(CONVERSIONS["date"].from_column("1970-01-01"), "1970-01-01")
        convert = CONVERSIONS["timestamp"].from_column
        self.assertEqual(convert("2019-01-06T16:43:47.000000Z"), "2019-01-06T16:43:47Z")
        self.assertEqual(convert("2019-01-06T16:43:47.250000Z"), "2019-01-06T16:43:47.250000Z")

    def test_days_and_moments_that_only_postgresql_holds(self):
        for kind, value in (
            ("date", "10000-01-01"),
            ("date", "0044-03-15 BC"),
            ("date", "infinity"),
            ("timestamp", "19700-01-01 00:00:00+00"),
            ("timestamp", "-infinity"),
        ):
            with self.subTest(value), self.assertRaises(UnconvertibleError):
                CONVERSIONS[kind].from_column(value)

    def test_empty_text_is_absent(self):
        for kind in ("text", "email", "phone"):
            self.assertIsNone(CONVERSIONS[kind].from_column(""))
            self.assertEqual(CONVERSIONS[kind].to_column(None), "")

    def test_unknown_number_in_a_column(self):
        with self.assertRaises(UnconvertibleError):
            from_column(BY_PATH["profile.gender"], 9)
