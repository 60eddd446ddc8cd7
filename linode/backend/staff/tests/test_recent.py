"""Whoever gives rights shows password and code again: a session alone is not enough."""

import time

from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, User
from django.urls import reverse

from staff import second_factor
from staff.models import Authenticator
from staff.recent import AsksAgain
from staff.tests.pages import PASSWORD, SECRET, SOMEWHERE, SecondFactorTestCase, code, make_staff, other_code

CONFIRM = "/admin/second-factor/confirm/"
USERS, GROUPS = "/admin/auth/user/", "/admin/auth/group/"
GIVES_RIGHTS = {User, Group}
GIVES_NONE = {
    "api_access.ApiToken",
    "axes.AccessAttempt",
    "axes.AccessFailureLog",
    "axes.AccessLog",
    "communication.Audience",
    "communication.Email",
    "membership.Comrade",
    "membership.Title",
    "membership.Union",
    "sync.Conflict",
    "sync.MemberSyncQueue",
}
"""Models whose pages give nobody rights in the admin. A new one is named here, or asks again."""


class RecentTestCase(SecondFactorTestCase):
    """A superuser who logged in with both factors an hour ago and has worked since, and somebody else."""

    def setUp(self):
        super().setUp()
        self.other = make_staff("other", superuser=False)
        second_factor.enrol(self.other, SECRET)
        self.send(code())
        self.later(3600)

    def later(self, seconds):
        """Both factors were proven that long ago, in seconds."""
        session = self.client.session
        session["staff_confirmed"] = int(time.time()) - seconds
        session.save()

    def confirm(self, password=PASSWORD, given=None):
        sent = {"password": password, "code": code(1) if given is None else given}
        return self.client.post(CONFIRM, sent, HTTP_X_REAL_IP=SOMEWHERE)

    def change_page(self, user=None):
        return "{}{}/change/".format(USERS, (user or self.other).pk)

    def make_superuser(self):
        """As the page of a person sends it."""
        form = {"username": "other", "is_active": "on", "is_staff": "on", "is_superuser": "on"}
        form.update({"date_joined_0": "2026-01-01", "date_joined_1": "10:00:00"})
        return self.client.post(self.change_page(), form)

    def assert_asked(self, answer):
        self.assertRedirects(answer, CONFIRM, fetch_redirect_response=False)


class AttackTests(RecentTestCase):
    """With a session that somebody left open, or a cookie that somebody stole."""

    def test_nobody_becomes_superuser(self):
        self.assert_asked(self.make_superuser())
        self.other.refresh_from_db()
        self.assertFalse(self.other.is_superuser)

    def test_nobody_s_second_factor_is_reset(self):
        data = {"action": "reset_second_factor", "_selected_action": [self.other.pk], "confirmed": "yes"}
        self.assert_asked(self.client.post(USERS, data))
        self.assertIsNotNone(second_factor.of(self.other))

    def test_no_other_way_changes_an_account_or_a_group(self):
        group = Group.objects.create(name="office")
        before = (list(get_user_model().objects.values()), list(Group.objects.values()))
        password = "another-" + PASSWORD
        sent = {
            USERS + "add/": {"username": "new", "password1": password, "password2": password},
            "{}{}/password/".format(USERS, self.other.pk): {"password1": password, "password2": password},
            "{}{}/delete/".format(USERS, self.other.pk): {"post": "yes"},
            GROUPS + "add/": {"name": "new"},
            "{}{}/change/".format(GROUPS, group.pk): {"name": "changed"},
            "{}{}/delete/".format(GROUPS, group.pk): {"post": "yes"},
            GROUPS: {"action": "delete_selected", "_selected_action": [group.pk], "post": "yes"},
        }
        for page, data in sent.items():
            self.assert_asked(self.client.post(page, data))
        self.assertEqual(before, (list(get_user_model().objects.values()), list(Group.objects.values())))

    def test_each_page_on_which_rights_are_given_asks(self):
        asking = {model for model, page in admin.site._registry.items() if isinstance(page, AsksAgain)}
        others = {model._meta.label for model in set(admin.site._registry) - asking}
        self.assertEqual(asking, GIVES_RIGHTS)
        self.assertLessEqual(others, GIVES_NONE)

    def test_one_factor_is_not_enough(self):
        for password, given in (("wrong", code(1)), (PASSWORD, other_code()), ("", ""), (PASSWORD, code())):
            self.assertContains(self.confirm(password, given), "errornote")
        self.assert_asked(self.make_superuser())

    def test_guesses_are_limited_as_at_the_log_in(self):
        statuses = [self.confirm("wrong-{}".format(number)).status_code for number in range(6)]
        self.assertEqual(statuses, [200] * 5 + [429])
        self.assertEqual(self.confirm().status_code, 429)

    def test_a_password_alone_never_counts_as_recent(self):
        """Before the day from which a second factor is required, a password logs in alone."""
        Authenticator.objects.filter(user=self.user).delete()
        client = self.client = self.client_class()
        self.log_in(PASSWORD, client=client)
        self.assert_asked(self.make_superuser())
        renew = reverse("admin:second_factor_renew")
        self.assertRedirects(client.get(CONFIRM), renew, fetch_redirect_response=False)


class UseTests(RecentTestCase):
    """As superusers work."""

    def test_after_the_question_the_page_opens_and_what_is_sent_counts(self):
        self.assert_asked(self.client.get(self.change_page()))
        before = self.client.session.session_key
        self.assertRedirects(self.confirm(), self.change_page())
        self.assertNotEqual(self.client.session.session_key, before)
        self.assertEqual(self.make_superuser().status_code, 302)
        self.other.refresh_from_db()
        self.assertTrue(self.other.is_superuser)

    def test_who_has_just_logged_in_is_not_asked(self):
        self.later(200)
        self.assertEqual(self.client.get(self.change_page()).status_code, 200)

    def test_what_was_opened_in_time_can_be_filled_in(self):
        """Ten minutes more, then it is asked for again; the person reads that nothing was changed."""
        self.later(301)
        self.assert_asked(self.client.get(self.change_page()))
        self.later(800)
        self.assertNotEqual(self.make_superuser()["Location"], CONFIRM)
        self.later(901)
        self.assert_asked(self.make_superuser())
        self.assertContains(self.client.get(CONFIRM, HTTP_ACCEPT_LANGUAGE="is"), "Engu var breytt")

    def test_looking_needs_no_more_than_the_session(self):
        history = "{}{}/history/".format(USERS, self.other.pk)
        for page in (USERS, GROUPS, history, "/admin/membership/comrade/add/"):
            self.assertEqual(self.client.get(page).status_code, 200, page)

    def test_nobody_is_led_elsewhere_afterwards(self):
        self.client.get(CONFIRM + "?next=https://evil.example/")
        answer = self.confirm()
        self.assertRedirects(answer, "/admin/", fetch_redirect_response=False)
