"""Erasures under way: how the cloud hears of them, when the register forgets the kennitala, and restores."""

import io
from unittest import mock

from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase

from sync import erasures, status
from sync.erasure import StillMovingError, erase
from sync.joining_again import let_in
from sync.models import Erasure
from sync.tests.backups import back_up, restore
from sync.tests.cloud import Cloud, present
from sync.tests.erased import age, erase_wholly, forget_wholly
from sync.tests.test_forgotten import found, rows
from sync.tests.test_load_register import MEMBER, load

OLD = "Gleymdur Maður"
NEW = "0101702990"


class ErasuresTests(AdminTestCase):
    def setUp(self):
        super().setUp()
        self.cloud = Cloud()
        make_member(name=OLD)
        self.cloud.reconcile()

    def erase_wholly(self):
        erase_wholly(self.cloud, KENNITALA, self.user)

    def test_in_the_end_no_table_has_the_kennitala(self):
        self.erase_wholly()
        self.assertEqual(found([KENNITALA, OLD]), [])
        self.assertEqual(erasures.to_carry_out(10), [])

    def test_until_no_worker_can_bring_the_old_document_back_the_register_remembers(self):
        erase(KENNITALA, self.user)
        late = self.cloud.read()
        self.cloud.reconcile()
        self.cloud.carry_out()
        age(minutes=14)
        self.assertEqual(self.cloud.carry_out(), 0)
        self.assertTrue(Erasure.objects.exists())
        present(late)
        self.assertFalse(Comrade.objects.exists())

    def test_a_clock_that_was_set_back_keeps_no_name(self):
        erase(KENNITALA, self.user)
        self.cloud.reconcile()
        self.cloud.carry_out()
        age(minutes=-60 * 24)
        self.assertEqual(self.cloud.carry_out(), 1)
        self.assertEqual(found([KENNITALA]), [])

    def test_an_erasure_by_an_earlier_release_is_taken_up(self):
        """It left a shadow that names the person, for ever, and no order."""
        erase(KENNITALA, self.user)
        Erasure.objects.all().delete()
        self.cloud.reconcile()
        erasures.take_up_old_ones()
        self.assertEqual(self.cloud.carry_out(), 1)
        age(minutes=16)
        self.cloud.carry_out()
        self.assertEqual(found([KENNITALA]), [])

    def test_a_restored_register_is_erased_again(self):
        back_up()
        self.erase_wholly()
        restore()
        self.assertTrue(found([OLD]))
        self.cloud.reconcile()
        self.assertEqual(found([OLD]), [])
        self.assertEqual([it["kennitala"] for it in erasures.to_carry_out(10)], [KENNITALA])

    def test_a_restored_document_goes_again(self):
        values = self.cloud.documents[KENNITALA]["values"]
        self.erase_wholly()
        self.cloud.put(values)
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertEqual(found([OLD]), [])

    def test_a_question_about_nobody_leaves_nothing(self):
        self.erase_wholly()
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "clean")
        self.assertEqual(found([KENNITALA]), [])

    def test_who_joins_again_is_told_and_let_in(self):
        self.erase_wholly()
        comrade = make_member(name="Kominn Aftur")
        self.cloud.reconcile()
        self.assertEqual((status.summary()["erased_before"], status.summary()["held"]), (1, 0))
        page = "/admin/membership/comrade/{}/change/".format(comrade.pk)
        self.assertContains(self.client.get(page), "Hleypa aftur inn")
        self.act("/admin/membership/comrade/", "let_in_selected", [comrade])
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("name"), "Kominn Aftur")
        self.assertEqual(self.cloud.documents[KENNITALA]["erasure"], self.cloud.listed[KENNITALA])

    def test_the_command_lets_in_whom_the_sync_asks_about(self):
        self.erase_wholly()
        with self.assertRaises(CommandError):
            self.let_in()
        make_member()
        self.cloud.reconcile()
        self.assertIn("is let in", self.let_in())

    def let_in(self):
        told = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(KENNITALA + "\n")):
            call_command("let_in", user=self.user.username, stdout=told)
        return told.getvalue()

    def test_a_sheet_with_somebody_whose_erasure_is_under_way_is_refused(self):
        erase(KENNITALA, self.user)
        with self.assertRaises(CommandError) as caught:
            load(dict(MEMBER, ssn=KENNITALA))
        self.assertIn("010170-****", str(caught.exception))
        self.assertFalse(Comrade.objects.exists())

    def test_an_old_sheet_spreads_nobody_who_was_erased(self):
        self.erase_wholly()
        load(dict(MEMBER, ssn=KENNITALA))
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "held")
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertTrue(any(KENNITALA in row for _, row in rows()))


class OldNumbersTests(AdminTestCase):
    """Somebody whose kennitala was corrected before the erasure: from KENNITALA to NEW."""

    def setUp(self):
        super().setUp()
        self.cloud = Cloud()
        make_member(name=OLD)
        self.cloud.reconcile()
        self.values = self.cloud.documents[KENNITALA]["values"]
        Comrade.objects.update(ssn=NEW)

    def settle(self):
        for _ in range(3):
            self.cloud.reconcile(KENNITALA, NEW)

    def erase_wholly(self):
        erase(NEW, self.user)
        self.settle()
        forget_wholly(self.cloud)

    def test_in_the_end_no_table_has_any_of_the_numbers(self):
        for name in ("before the correction arrived", "after it"):
            with self.subTest(name):
                self.erase_wholly()
                self.assertEqual(found([KENNITALA, NEW, OLD]), [])
                self.assertEqual((self.cloud.documents, set(self.cloud.listed)), ({}, {KENNITALA, NEW}))
                make_member(KENNITALA, name=OLD)
                self.cloud.reconcile()
                let_in(KENNITALA, self.user)
                self.settle()
                Comrade.objects.update(ssn=NEW)
                self.settle()
                let_in(NEW, self.user)
                self.settle()

    def test_a_document_from_before_the_correction_goes_again(self):
        self.settle()
        self.erase_wholly()
        self.cloud.put(self.values)
        self.settle()
        self.assertEqual(self.cloud.documents, {})
        self.assertEqual(found([OLD]), [])

    def test_a_register_in_which_the_correction_was_under_way_is_erased_again(self):
        back_up()
        self.settle()
        self.erase_wholly()
        restore()
        for asked in ([KENNITALA], [NEW], [KENNITALA, NEW]):
            self.cloud.reconcile(*asked)
        self.assertEqual(found([OLD]), [])
        self.assertEqual(Comrade.objects.count(), 0)
        self.assertEqual({it["kennitala"] for it in erasures.to_carry_out(10)}, {KENNITALA, NEW})

    def test_whoever_was_given_the_old_number_since_stays(self):
        erased = Comrade.objects.get()
        make_member(KENNITALA, name="Ný Manneskja")
        erase(NEW, self.user)
        self.assertEqual(Comrade.objects.get().name, "Ný Manneskja")
        told = LogEntry.objects.get(change_message__startswith="Erased")
        self.assertEqual(told.object_id, str(erased.pk))
        self.settle()
        self.cloud.carry_out()
        self.assertEqual(self.cloud.documents, {})
        let_in(KENNITALA, self.user)
        self.settle()
        self.assertEqual(self.cloud.get("name"), "Ný Manneskja")

    def test_an_old_number_cannot_be_erased_while_its_document_is_to_go_along(self):
        with self.assertRaises(StillMovingError):
            erase(KENNITALA, self.user)
        with self.assertRaises(CommandError), mock.patch("sys.stdin", io.StringIO(KENNITALA + "\n")):
            call_command("erase_member", user=self.user.username, yes=True)
        self.settle()
        erase(KENNITALA, self.user)
        self.settle()
        self.assertEqual(self.cloud.get("name", NEW), OLD)
