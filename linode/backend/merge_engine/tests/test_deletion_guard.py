"""How many deletions are carried out without asking."""

from unittest import TestCase

from merge_engine.base import Base
from merge_engine.deletion_guard import fingerprint, hold_back
from merge_engine.stores import Stores
from merge_engine.verdict import CLEAN, HELD, WRITE, Presented, Verdict


class Records:
    """Records of so many members, and of so many who were deleted lately."""

    def __init__(self, members, deleted):
        self.answer = (members, deleted)

    def deletions_since(self, read_time, others_than):
        return self.answer


def deletions(wanted):
    """So many verdicts that delete a document, as the register says."""
    return [
        Verdict(Presented(str(number), {}, 1, "1", None), WRITE, firestore={}, base=Base())
        for number in range(wanted)
    ]


class GuardTestCase(TestCase):
    """Counts the verdicts that are held."""

    def held(self, wanted, members, deleted=0, held=(), released=None):
        return self.held_of(deletions(wanted), members, deleted, held, released)

    def held_of(self, verdicts, members, deleted=0, held=(), released=None):
        stores = Stores(None, Records(members, deleted), None, None, None, None)
        judged = hold_back(stores, verdicts, 0, set(held), released or {})
        return sum(verdict.outcome == HELD for verdict in judged)


class LimitTests(GuardTestCase):
    """How many are too many."""

    def test_ten_or_two_percent(self):
        cases = [(10, 30), (11, 30), (20, 1000), (21, 1000), (43, 2174), (44, 2174)]
        self.assertEqual([self.held(*case) for case in cases], [0, 11, 0, 21, 0, 44])

    def test_those_of_the_day_count(self):
        self.assertEqual([self.held(1, 1000, 19), self.held(1, 1000, 20)], [0, 1])

    def test_who_is_held_stays_held_though_they_are_few_by_now(self):
        self.assertEqual(self.held(2, 1000, held=["0"]), 1)


class FirestoreTests(GuardTestCase):
    """A document that is gone."""

    def test_a_single_deletion_waits(self):
        gone = Verdict(Presented("0", None, None, None, None), CLEAN, before={}, base=Base())
        self.assertEqual(self.held_of([gone], 100000), 1)
        self.assertEqual(self.held_of([gone], 100000, released={"0": fingerprint(gone)}), 0)

    def test_an_erasure_does_not(self):
        erased = Verdict(Presented("0", None, None, None, None), CLEAN, before={}, base=Base(erased=True))
        self.assertEqual(self.held_of([erased], 100000), 0)

    def test_it_keeps_no_conflict_while_it_waits(self):
        gone = Verdict(Presented("0", None, None, None, None), CLEAN, before={}, base=Base(), conflicts=[1])
        [judged] = hold_back(Stores(None, Records(1, 0), None, None, None, None), [gone], 0, set(), {})
        self.assertEqual(judged.conflicts, [])


class ReleaseTests(GuardTestCase):
    """What a person has released."""

    def test_exactly_what_was_shown_goes(self):
        shown = {verdict.presented.kennitala: fingerprint(verdict) for verdict in deletions(29)}
        self.assertEqual(self.held(30, 30, held=shown, released=shown), 1)

    def test_another_deletion_of_the_same_person_stays_held(self):
        self.assertEqual(self.held(1, 30, held=["0"], released={"0": "f" * 64}), 1)

    def test_a_fingerprint_depends_on_all_that_would_be_gone(self):
        [deletion] = deletions(1)
        others = [
            deletion._replace(before={"name": "x"}),
            deletion._replace(firestore={"name": "x"}),
            deletion._replace(presented=deletion.presented._replace(kennitala="1")),
        ]
        self.assertEqual(len({fingerprint(one) for one in [deletion] + others}), 4)
