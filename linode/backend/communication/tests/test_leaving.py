"""The link in each letter."""

from django.conf import settings
from django.db import connection
from django.test import Client, TestCase, override_settings
from membership.models import Comrade
from membership.tests.members import make_member

from communication import leaving

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
SIGNATURE_OF_7 = "0ee8bd1b0e9c7a23ecb0c66d98acdf2f"


class LeavingTests(TestCase):
    """A member with the link, and everybody else with other links."""

    def setUp(self):
        self.client = Client(enforce_csrf_checks=True)
        self.comrade = make_member()
        self.link = "/felagar/letters/{}/".format(leaving.signed(self.comrade.pk))

    def reachable(self):
        return Comrade.objects.get(pk=self.comrade.pk).reachable

    def test_one_click_is_in_the_register_and_in_the_queue_of_the_sync(self):
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM membership_membersyncqueue")
        answer = self.client.post(self.link, ONE_CLICK)
        self.assertEqual((answer.status_code, answer.content), (200, b""))
        self.assertFalse(self.reachable())
        with connection.cursor() as cursor:
            cursor.execute("SELECT changed_by, fields_changed::text FROM membership_membersyncqueue")
            rows = cursor.fetchall()
        self.assertEqual(rows, [(leaving.EDITOR, '{"reachable": false}')])

    def test_a_filter_that_opens_every_link_changes_nothing(self):
        for method in (self.client.get, self.client.head, self.client.options):
            method(self.link)
            method(self.link + "?List-Unsubscribe=One-Click&reachable=no")
        self.assertTrue(self.reachable())

    def test_on_the_page_one_leaves_and_changes_ones_mind(self):
        self.assertContains(self.client.get(self.link), 'value="no"')
        self.assertContains(self.client.post(self.link, {"reachable": "no"}), 'value="yes"')
        self.assertFalse(self.reachable())
        self.client.post(self.link, {"reachable": "yes"})
        self.assertTrue(self.reachable())

    def test_in_both_languages(self):
        for language, words in (("is", "Ekki senda mér fleiri"), ("en", "Send me no more")):
            self.assertContains(self.client.get(self.link, HTTP_ACCEPT_LANGUAGE=language), words)

    def test_a_forged_link_is_refused(self):
        other = make_member("0202802229")
        signature = leaving.signed(self.comrade.pk).partition("-")[2]
        forged = ["{}-{}".format(other.pk, signature), str(self.comrade.pk), "{}-".format(self.comrade.pk)]
        forged += ["-" + signature, leaving.signed(self.comrade.pk)[:-1], "x-" + signature, "é-þ"]
        for signed in forged:
            answer = self.client.post("/felagar/letters/{}/".format(signed), ONE_CLICK)
            self.assertEqual(answer.status_code, 404, signed)
        self.assertFalse(Comrade.objects.filter(reachable=False).exists())

    def test_a_link_ends_with_the_key_and_with_the_member(self):
        with override_settings(SECRET_KEY=settings.SECRET_KEY + "x"):
            self.assertEqual(self.client.post(self.link, ONE_CLICK).status_code, 404)
        self.comrade.delete()
        self.assertEqual(self.client.post(self.link, ONE_CLICK).status_code, 404)

    def test_the_link_is_the_same_on_every_runtime(self):
        """Django's own signatures are not: letters that were sent before an upgrade go on working."""
        with override_settings(SECRET_KEY="k"):
            self.assertEqual(leaving.signed(7), "7-" + SIGNATURE_OF_7)
