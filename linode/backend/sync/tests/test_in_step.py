"""The calls of the cloud and the epoch: a store that was set back gets nothing, and everybody is told."""

from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase
from merge_engine.epoch import Epoch

from sync import epochs, status
from sync.notices import notices
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud

LINE = "a-line"
EARLIER = 1_600_000_000 * 10**9
A_MINUTE_EARLIER = "2020-09-13T12:25:40Z"
LATER = "2026-11-30T00:00:00Z"


def remember(**values):
    """The register knows this epoch."""
    epochs.locked()
    epochs.save(Epoch(LINE, 10, 8, EARLIER)._replace(**values))


def carried(number, line=LINE):
    """What Firestore carries."""
    return {"line": line, "number": number}


class EpochTests(ApiTestCase):
    """`epoch/` and `apply/`, as the functions call them."""

    def ask(self, firestore, advance=True, read_time=LATER):
        return self.raw(
            "epoch/", {"version": 1, "read_time": read_time, "epoch": firestore, "advance": advance}
        )

    def present(self, cloud, **told):
        return self.raw("apply/", dict(cloud.read(), **told))

    def test_the_first_call_begins_a_line_and_each_later_one_counts(self):
        first = self.ask(None).json()
        self.assertEqual(first["number"], 1)
        second = self.ask(first).json()
        self.assertEqual(second, {"line": first["line"], "number": 2})
        self.assertEqual(epochs.read()[:3], (first["line"], 2, 1))

    def test_a_look_writes_nothing(self):
        remember()
        self.assertEqual(self.ask(carried(9), advance=False).status_code, 200)
        self.assertEqual(self.ask(carried(7), advance=False).status_code, 409)
        self.assertEqual(epochs.read(), Epoch(LINE, 10, 8, EARLIER))

    def test_what_a_crash_or_a_lost_call_leaves_is_in_step(self):
        for number in (8, 9, 10):
            remember()
            self.assertEqual(self.ask(carried(number)).status_code, 200, number)

    def test_a_read_from_before_the_confirmed_one_proves_nothing(self):
        for firestore in (carried(7), None):
            remember()
            self.assertEqual(self.ask(firestore, read_time=A_MINUTE_EARLIER).status_code, 200)
        remember()
        self.assertEqual(self.ask(carried(9, "old"), read_time=A_MINUTE_EARLIER).status_code, 409)
        self.assertIsNone(status.summary()["stopped"])

    def test_a_clock_that_was_ahead_hides_nothing(self):
        remember(confirmed_at=EARLIER + 10**18)
        self.assertEqual(self.ask(carried(7)).status_code, 409)

    def test_set_back_is_told_by_epoch_and_by_apply_and_nothing_is_merged(self):
        make_member()
        cloud = Cloud()
        cases = {
            "register": carried(11),
            "firestore": carried(7),
            "either": carried(9, "another"),
        }
        for which, firestore in cases.items():
            for call in (self.ask, lambda epoch: self.present(cloud, epoch=epoch)):
                remember()
                answer = call(firestore)
                self.assertEqual(answer.status_code, 409)
                self.assertEqual(answer.json()["set_back"]["which"], which)
                self.assertIn("--after-restore", status.summary()["stopped"])
        self.assertEqual(self.ask(None).json()["set_back"]["which"], "firestore")
        self.assertTrue(Comrade.objects.filter(ssn=KENNITALA).exists())
        self.assertEqual(cloud.documents, {})

    def test_a_cloud_that_knows_no_epoch_is_served_until_the_sync_is_stopped(self):
        make_member()
        cloud = Cloud()
        remember()
        self.assertEqual(self.present(cloud).status_code, 200)
        self.ask(carried(7))
        self.assertEqual(self.present(cloud).status_code, 409)

    def test_what_makes_no_sense_is_refused(self):
        for firestore in ({"line": LINE}, {"number": 1}, {"line": LINE, "number": -1}, "x", 7):
            self.assertEqual(self.ask(firestore).status_code, 400, firestore)

    def test_the_right_store_ends_the_stop(self):
        remember()
        self.ask(carried(7))
        self.ask(carried(9))
        self.assertIsNone(status.summary()["stopped"])


class NoticeTests(AdminTestCase):
    """Staff see it on each member's page and above the queue."""

    def setUp(self):
        super().setUp()
        remember(stopped={"which": "register", "reason": "it was set back", "since": "now", "by_mark": True})

    def test_each_members_page_says_so(self):
        [line] = notices(make_member())
        self.assertIn("it was set back", line)

    def test_the_queues_page_says_so(self):
        page = self.client.get("/admin/sync/membersyncqueue/")
        self.assertContains(page, "it was set back")
