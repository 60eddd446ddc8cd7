"""How far the comparison has come is kept from run to run."""

from datetime import timedelta

from django.utils import timezone
from membership.tests.members import make_member

from sync import status
from sync.models import ComparisonRound
from sync.tests.api import ApiTestCase


class RoundTests(ApiTestCase):
    """`hashes/` with a word about the round."""

    def told(self, **told):
        return self.sync("hashes/", {"limit": 1, "round": told})["round"]

    def test_the_next_run_goes_on_where_the_last_one_ended(self):
        for kennitala in ("0101701230", "0202802229", "0303903339"):
            make_member(kennitala)
        self.assertEqual(self.told(begins=True), {"after": "", "left": None, "cut_off": None})
        self.assertEqual(self.told(reached="0101701230")["left"], 2)
        self.assertFalse(status.summary()["comparison"]["is_complete"])
        self.assertEqual(self.told(begins=True)["after"], "0101701230")
        self.assertEqual(self.told(reached=None)["left"], 0)
        found = status.summary()["comparison"]
        self.assertEqual((found["is_complete"], found["running_since"]), (True, None))
        self.assertIsNotNone(found["completed_at"])
        self.assertEqual(self.told(begins=True)["after"], "")

    def test_a_run_that_was_killed_leaves_its_trace(self):
        self.told(begins=True)
        self.assertIsNotNone(status.summary()["comparison"]["running_since"])
        self.assertIsNone(self.told(begins=True)["cut_off"])
        ComparisonRound.objects.update(running_since=timezone.now() - timedelta(hours=1))
        self.assertIsNotNone(self.told(begins=True)["cut_off"])

    def test_what_makes_no_sense_is_refused(self):
        for told in ([], {"begins": 1}, {"reached": "x"}):
            self.assertEqual(self.raw("hashes/", {"round": told}).status_code, 400, told)
