"""The decision about one field, where a case of its own needs one."""

from unittest import TestCase

from merge_engine.base import Base
from merge_engine.merge import merge

EMAIL = "profile.email"


class SpellingTests(TestCase):
    """Both sides have changed an e-mail address."""

    def merged(self, ours, theirs):
        """What becomes of the address, and of the one that loses."""
        sides = [{EMAIL: value} for value in (ours, theirs)]
        found = merge(sides[0], sides[1], Base({EMAIL: "old@example.is"}))
        return found.values[EMAIL], [lost.django for lost in found.conflicts]

    def test_other_capital_letters_are_no_conflict(self):
        self.assertEqual(self.merged("Jon@Example.is", "jon@example.is"), ("jon@example.is", []))

    def test_another_address_is_one(self):
        self.assertEqual(
            self.merged("jon@example.is", "anna@example.is"), ("anna@example.is", ["jon@example.is"])
        )

    def test_an_address_that_was_removed_is_one(self):
        self.assertEqual(self.merged("jon@example.is", None), (None, ["jon@example.is"]))
