"""What an erasure means for each copy of a person: the whole table of cases."""

from unittest import TestCase

from merge_engine.erased_keys import NEVER_ERASED, standing
from merge_engine.tests.in_memory.tables import Erasure, Shadow
from merge_engine.verdict import Known, Presented

THIS, OTHER = "erasure-1", "erasure-0"
ROW = {"kennitala": "0101701234"}
BASE = {"name": "Jón"}


def presented(document=True, erasure=None, listed=THIS, operation=None):
    there = {"name": "Jón"} if document else None
    return Presented("0101701234", there, 1, "1", operation, erasure=erasure, listed=listed)


def known(row=None, base=None, erasure=None, intents=()):
    shadow = Shadow("0101701234")
    shadow.base = base
    return Known(row, shadow, dict.fromkeys(intents), erasure=erasure)


def done(erasure=THIS, listed=1, let_in=False):
    return Erasure(erasure, 0, listed, let_in)


class StandingTests(TestCase):
    def check(self, found, returned=False, old_document=False, asks=False):
        self.assertEqual((found.returned, found.old_document, found.asks), (returned, old_document, asks))

    def test_nobody_was_erased(self):
        self.assertEqual(standing(presented(listed=None), known(ROW)), NEVER_ERASED)

    def test_both_copies_from_before_it_go(self):
        self.check(standing(presented(), known(ROW, BASE)), returned=True, old_document=True)

    def test_a_restored_register_takes_the_new_document(self):
        self.check(standing(presented(erasure=THIS), known(ROW, BASE)), returned=True)
        self.check(standing(presented(erasure=THIS), known(None)), returned=True)

    def test_a_restored_firestore_loses_the_old_document(self):
        self.check(standing(presented(), known(None)), returned=True, old_document=True)
        self.check(standing(presented(), known(ROW, BASE, done(let_in=True))), old_document=True)

    def test_traces_alone_go_too(self):
        self.check(standing(presented(document=False), known(None, BASE)), returned=True)
        self.assertTrue(standing(presented(document=False), known(None, None)).nothing)

    def test_who_joins_again_is_asked_about(self):
        self.check(standing(presented(document=False), known(ROW)), asks=True)
        self.check(standing(presented(), known(ROW)), asks=True, old_document=True)
        self.check(standing(presented(document=False), known(ROW, None, done())), asks=True)

    def test_who_was_let_in_is_a_member_like_any_other(self):
        self.check(standing(presented(erasure=THIS), known(ROW, BASE, done(let_in=True))))
        self.check(standing(presented(document=False), known(ROW, BASE, done(let_in=True))))

    def test_a_write_since_the_erasure_needs_no_mark(self):
        """A function of an earlier release leaves none."""
        self.check(
            standing(presented(operation="write"), known(ROW, BASE, done(let_in=True), intents=["write"]))
        )

    def test_an_intent_of_a_restored_register_proves_nothing(self):
        found = standing(presented(operation="write"), known(ROW, BASE, None, intents=["write"]))
        self.check(found, returned=True, old_document=True)

    def test_the_registers_own_counts_until_the_list_has_it(self):
        for mark in (None, OTHER):  # somebody who had joined again is erased once more
            found = standing(presented(listed=OTHER, erasure=mark), known(None, None, done(listed=None)))
            self.assertEqual((found.erasure, found.old_document), (THIS, True))
        found = standing(presented(listed=None), known(None, None, done(listed=None)))
        self.assertEqual((found.erasure, found.old_document), (THIS, True))

    def test_a_later_one_on_the_list_counts(self):
        found = standing(presented(listed=THIS), known(ROW, BASE, done(OTHER, let_in=True)))
        self.assertEqual((found.erasure, found.returned), (THIS, True))
