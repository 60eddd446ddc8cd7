"""Letters in the admin."""

import re
from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.test import override_settings
from membership.tests.members import make_member
from membership.tests.pages import AdminTestCase

from communication import confirming, deliveries, leaving
from communication.confirming import confirm
from communication.models import Audience, Delivery, Email
from communication.smtp_session import NotReachedError
from communication.tests.letters import make_letter

LIST = "/admin/communication/email/"


class PageTests(AdminTestCase):
    """A letter from its first word to its last delivery."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member(name="Jón *Þór* <b>")
        self.letter = make_letter(self.comrade)

    def address(self, page):
        return "{}{}/{}/".format(LIST, self.letter.pk, page)

    def shown(self, page, **data):
        return self.client.get(self.address(page), data, HTTP_ACCEPT_LANGUAGE="en")

    def sent(self, page, **data):
        if page in ("send", "approve"):
            data = dict({"seen": confirming.digest(Email.objects.get(pk=self.letter.pk))}, **data)
        return self.client.post(self.address(page), data, follow=True, HTTP_ACCEPT_LANGUAGE="en")

    def form(self, **values):
        page = {"subject": "Fundur", "body": "Kæri {nafn}", "body_english": "", "kind": "news", "reason": ""}
        return dict(page, audience="", recipients=[self.comrade.pk], **values)

    def test_a_letter_is_written_and_its_author_noted(self):
        self.post(LIST + "add/", self.form())
        self.assertEqual(Email.objects.latest("pk").author, self.user)

    def test_a_field_that_there_is_not_is_named_at_once(self):
        for field in ("subject", "body", "body_english"):
            page = self.form()
            page[field] = "Hæ {kennitala}"
            answer = self.client.post(LIST + "add/", page, HTTP_ACCEPT_LANGUAGE="en")
            self.assertContains(answer, "There are no such fields: {kennitala}.")
        answer = self.client.post(LIST + "add/", dict(self.form(), kind="required"))
        self.assertContains(answer, "þarf ástæðu")

    def test_the_preview_shows_both_forms_and_runs_nothing(self):
        shown = self.shown("preview")
        self.assertContains(shown, "<p>Kæri Jón *Þór* &lt;b&gt;</p>", html=False)
        self.assertNotContains(shown, "Þór* <b>")
        self.assertContains(shown, "Plain text")
        self.assertContains(shown, "Þú færð þetta bréf")
        self.assertContains(shown, "You get this letter")
        self.assertContains(self.shown("preview", name="Enginn"), "No recipient has that name.")

    def test_a_test_goes_to_oneself_alone(self):
        with mock.patch("communication.trial.Session") as session:
            self.assertContains(self.sent("preview", name=""), "The test went to gudrun@example.is")
            self.assertEqual(session().offer.call_args[0][1], "gudrun@example.is")
            self.assertIn(b"To: gudrun@example.is", session().hand_over.call_args[0][0])
            session().offer.side_effect = NotReachedError("the mail server refuses the log-in (535)")
            self.assertContains(self.sent("preview", name=""), "refuses the log-in (535)")
        self.assertEqual(Delivery.objects.count(), 0)
        with override_settings(MAIL={}):
            self.assertContains(self.sent("preview", name=""), "No mail server is set")

    def test_staff_do_not_get_the_link_by_which_a_member_leaves(self):
        signed = leaving.signed(self.comrade.pk)
        with mock.patch("communication.trial.Session") as session:
            self.assertNotContains(self.sent("preview", name=""), signed)
        sent = session().hand_over.call_args[0][0].replace(b"=\r\n", b"").decode()
        self.assertIn(leaving.example(), sent)
        self.assertNotIn(signed, sent)
        self.assertEqual(self.client.post("/felagar/letters/{}/".format(leaving.EXAMPLE)).status_code, 404)

    def test_it_is_confirmed_by_typing_the_number(self):
        self.assertContains(self.shown("send"), "Recipients: 1.")
        for typed in ("", "2", "x", "-1", "²"):
            self.assertEqual(self.sent("send", number=typed).status_code, 200)
            self.assertEqual(Delivery.objects.count(), 0, typed)
        self.assertContains(self.sent("send", number="1"), "on its way to 1")
        self.assertEqual(Delivery.objects.count(), 1)
        self.sent("send", number="1")
        self.assertEqual(Delivery.objects.count(), 1)

    def test_without_a_mail_server_sending_is_not_offered(self):
        with override_settings(MAIL={}):
            shown = self.shown("send")
        self.assertContains(shown, "No mail server is set")
        self.assertNotContains(shown, 'name="number"')

    def test_a_second_person_approves_what_everyone_must_get(self):
        Email.objects.update(kind=Email.REQUIRED, reason="aðalfundur", author=self.user)
        self.assertContains(self.sent("approve"), "Somebody other than its author")
        self.shown("approve")
        other = get_user_model().objects.create_superuser("jon", "jon@example.is", "x")
        self.client.force_login(other)
        self.assertContains(self.sent("approve"), "The letter is approved.")
        self.assertNotContains(self.shown("send"), "needs the approval")
        self.post(LIST + "{}/change/".format(self.letter.pk), self._changed())
        self.letter.refresh_from_db()
        self.assertIsNone(self.letter.approved_by, "another text was approved")

    def test_what_is_approved_and_confirmed_is_what_the_page_showed(self):
        other = get_user_model().objects.create_superuser("jon", "jon@example.is", "x")
        Email.objects.update(kind=Email.REQUIRED, reason="aðalfundur", author=other)
        shown = self.shown("send")
        self.assertContains(shown, "<p>Kæri Jón *Þór* &lt;b&gt;</p>", html=False)
        seen = re.search('name="seen" value="([0-9a-f]{64})"', shown.content.decode()).group(1)
        Email.objects.update(body="Annað")
        for page, also in (("approve", {}), ("send", {"number": "1"})):
            Email.objects.update(approved_by=other if also else None)
            self.assertContains(self.sent(page, seen=seen, **also), "changed since you saw it")
            self.sent(page, seen="", **also)
        self.assertEqual(Delivery.objects.count(), 0)
        Email.objects.update(body="Kæri {nafn}", approved_by=None)
        self.assertContains(self.sent("approve", seen=seen), "The letter is approved.")
        self.assertContains(self.sent("send", seen=seen, number="1"), "on its way to 1")

    def test_the_preview_finds_members_as_the_register_does(self):
        self.assertContains(self.shown("preview", name="jon"), "Kæri Jón")

    def test_an_approval_ends_with_a_change_of_the_audience(self):
        page = {"name": "stjórn", "active": "on"}
        board = Audience.objects.create(name="stjórn", left=True)
        Email.objects.update(kind=Email.REQUIRED, audience=board, approved_by=self.user)
        self.post("/admin/communication/audience/{}/change/".format(board.pk), page)
        self.letter.refresh_from_db()
        self.assertIsNone(self.letter.approved_by, "other recipients were approved")

    def test_what_is_confirmed_while_a_form_is_read_stays(self):
        def meanwhile(form):
            confirm(self.letter, 1)
            return form.cleaned_data

        with mock.patch("communication.admin.EmailForm.clean", meanwhile):
            change = "{}{}/change/".format(LIST, self.letter.pk)
            answer = self.client.post(change, dict(self.form(), body="Annað"))
        self.assertEqual(answer.status_code, 403)
        self.letter.refresh_from_db()
        self.assertEqual(self.letter.body, "Kæri {nafn}")

    def _changed(self):
        return dict(self.form(), body="Annað", kind="required", reason="aðalfundur")

    def test_progress_stop_and_resume(self):
        self.sent("send", number="1")
        self.assertIn("Refresh", self.shown("progress"))
        self.assertContains(self.sent("progress", stop="x"), "Stopped: 1 letters wait.")
        self.assertNotIn("Refresh", self.shown("progress"))
        self.assertContains(self.sent("progress", go_on="x"), "Going on with 1 letters.")
        row = Delivery.objects.get()
        deliveries.claim(row, "jon@example.is")
        deliveries.give_up_interrupted("lost")
        shown = self.shown("progress")
        self.assertContains(shown, "lost")
        self.assertContains(shown, "Send the unknown ones again")
        self.sent("progress", again="x")
        self.assertEqual(Delivery.objects.get().state, Delivery.PENDING)

    def test_a_confirmed_letter_is_neither_changed_nor_removed_but_copied(self):
        self.sent("send", number="1")
        change = "{}{}/change/".format(LIST, self.letter.pk)
        self.assertEqual(self.client.post(change, self.form()).status_code, 403)
        self.assertEqual(self.client.post("{}{}/delete/".format(LIST, self.letter.pk)).status_code, 403)
        self.sent("copy")
        copied = Email.objects.latest("pk")
        self.assertEqual((copied.subject, copied.sent_at, copied.number), ("Fundur", None, None))
        self.assertEqual(list(copied.recipients.all()), [self.comrade])
        self.assertEqual(self.letter.deliveries.count(), 1)

    def test_who_may_not_change_letters_sends_none(self):
        clerk = get_user_model().objects.create_user("clerk", is_staff=True)
        clerk.user_permissions.set(Permission.objects.filter(codename="view_email"))
        self.client.force_login(clerk)
        self.assertEqual(self.shown("send").status_code, 200)
        for page in ("send", "approve", "copy", "progress", "preview"):
            self.assertEqual(self.sent(page, number="1").status_code, 403, page)
        clerk.user_permissions.clear()
        self.client.force_login(clerk)
        self.assertEqual(self.shown("preview").status_code, 403)
        self.assertEqual(Delivery.objects.count(), 0)
