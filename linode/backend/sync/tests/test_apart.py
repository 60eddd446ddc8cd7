"""A batch that the database refuses is halved, so one locked row does not cost a call for each member."""

from unittest import mock

from django.db import DatabaseError
from django.test import TestCase
from merge_engine.verdict import CLEAN, ERROR, Presented, Verdict

from sync import apply as merging
from sync.apply import apply

MEMBERS = ["01017{:05}".format(number) for number in range(500)]
LOCKED = MEMBERS[321]


class ApartTests(TestCase):
    """Five hundred members, of whom somebody holds one."""

    def setUp(self):
        self.merged = []

    def merge(self, presented, read_time, lock_milliseconds, word):
        self.merged.append(lock_milliseconds)
        if LOCKED in {member.kennitala for member in presented}:
            raise DatabaseError("canceling statement due to lock timeout")
        return [(Verdict(member, CLEAN), None) for member in presented]

    def test_one_locked_row_costs_a_few_calls(self):
        presented = [Presented(kennitala, None, None, None, None) for kennitala in MEMBERS]
        with mock.patch.object(merging, "_merge", self.merge):
            answers = apply(presented, 1)
        outcomes = {kennitala: answer["outcome"] for kennitala, answer in answers.items()}
        self.assertEqual(outcomes.pop(LOCKED), ERROR)
        self.assertEqual(set(outcomes.values()), {CLEAN})
        self.assertLess(len(self.merged), 25)
        self.assertLess(sum(self.merged), 4000)
