"""How many deletions are carried out without asking."""

from unittest import TestCase

from merge_engine.base import Base
from merge_engine.deletion_guard import hold_back
from merge_engine.stores import Stores
from merge_engine.verdict import CLEAN, HELD, Presented, Verdict


class Records:
    """Records of so many members, and of so many who were deleted lately."""

    def __init__(self, members, deleted):
        self.answer = (members, deleted)

    def deletions_since(self, read_time, others_than, held_message):
        return self.answer


class LimitTests(TestCase):
    """How many are too many."""

    def held(self, wanted, members, deleted=0):
        verdicts = [
            Verdict(Presented(str(number), None, None, None, None), CLEAN, before={}, base=Base())
            for number in range(wanted)
        ]
        stores = Stores(None, Records(members, deleted), None)
        return sum(verdict.outcome == HELD for verdict in hold_back(stores, verdicts, 0))

    def test_ten_or_two_percent(self):
        cases = [(10, 30), (11, 30), (20, 1000), (21, 1000), (43, 2174), (44, 2174)]
        self.assertEqual([self.held(*case) for case in cases], [0, 11, 0, 21, 0, 44])

    def test_those_of_the_day_count(self):
        self.assertEqual([self.held(1, 1000, 19), self.held(1, 1000, 20)], [0, 1])
