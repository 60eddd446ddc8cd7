"""Who is locked out, or has lost the phone: another superuser helps, or the command line."""

import io
from unittest import mock

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.core.management import CommandError, call_command

from staff import attempts, second_factor
from staff.models import Authenticator, FailedLogin
from staff.tests.pages import PASSWORD, SECRET, LogInTestCase, code, make_staff

USERS = "/admin/auth/user/"
OWN_SECRET = b"of the helping superuser"


class RescueTestCase(LogInTestCase):
    """A superuser who is logged in, and another person of staff who needs help."""

    def setUp(self):
        super().setUp()
        second_factor.enrol(self.user, OWN_SECRET)
        self.log_in(PASSWORD, client=self.client)
        self.client.post("/admin/second-factor/", {"code": code(secret=OWN_SECRET)})
        self.other = make_staff("other")
        second_factor.enrol(self.other, SECRET)

    def act(self, action, *users, **extra):
        data = dict({"action": action, "_selected_action": [user.pk for user in users]}, **extra)
        return self.client.post(USERS, data)


class SuperuserTests(RescueTestCase):
    """On the page of accounts."""

    def test_reset_asks_first_and_is_on_record(self):
        self.assertContains(self.act("reset_second_factor", self.other), "other")
        self.assertIsNotNone(second_factor.of(self.other))
        self.act("reset_second_factor", self.other, confirmed="yes")
        self.assertIsNone(second_factor.of(self.other))
        entry = LogEntry.objects.get()
        self.assertEqual((entry.user, entry.object_id), (self.user, str(self.other.pk)))

    def test_reset_ends_the_persons_sessions(self):
        client = self.client_class()
        self.log_in(PASSWORD, name="other", client=client)
        client.post("/admin/second-factor/", {"code": code()})
        self.assertEqual(client.get(USERS).status_code, 200)
        self.act("reset_second_factor", self.other, confirmed="yes")
        self.assertEqual(client.get(USERS).status_code, 302)

    def test_nobody_resets_their_own(self):
        self.act("reset_second_factor", self.user, confirmed="yes")
        self.assertIsNotNone(second_factor.of(self.user))

    def test_open_the_log_in(self):
        self.guess(6, name="other")
        self.act("open_log_in", self.other)
        self.assertEqual(self.log_in(PASSWORD, name="other").status_code, 302)

    def test_who_is_no_superuser_does_not_see_accounts_whatever_their_permissions(self):
        clerk = make_staff("clerk", superuser=False)
        clerk.user_permissions.set(Permission.objects.all())
        self.client.force_login(clerk)
        for page in (USERS, USERS + "add/", "{}{}/change/".format(USERS, self.user.pk), "/admin/auth/group/"):
            self.assertEqual(self.client.get(page).status_code, 403, page)
        self.act("reset_second_factor", self.other, confirmed="yes")
        self.assertIsNotNone(second_factor.of(self.other))


class CommandTests(RescueTestCase):
    """`fab admin.…` runs these."""

    def run_command(self, *words, stdin=""):
        output = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(stdin)):
            call_command(*words, stdout=output)
        return output.getvalue()

    def test_reset(self):
        self.assertEqual(self.run_command("reset_second_factor", "--user=other"), "other: reset\n")
        self.assertEqual(self.run_command("reset_second_factor", "--user=other"), "other: had none\n")
        self.assertEqual(LogEntry.objects.get().object_id, str(self.other.pk))
        with self.assertRaises(CommandError):
            self.run_command("reset_second_factor", "--user=nobody")

    def test_reset_of_all(self):
        self.run_command("reset_second_factor", "--everybody")
        self.assertFalse(Authenticator.objects.exists())

    def test_open_log_in(self):
        attempts.begin(attempts.named("other"), "203.0.113.9")
        attempts.begin(attempts.with_code(self.other), "203.0.113.9")
        self.assertIn("2 failed", self.run_command("open_log_in", "--user=other"))
        self.guess(1, address="203.0.113.9")
        self.run_command("open_log_in", "--address=203.0.113.9")
        self.assertFalse(FailedLogin.objects.exists())

    def test_add_superuser(self):
        self.run_command("add_superuser", "--user=first", stdin=PASSWORD + "\n")
        user = get_user_model().objects.get(username="first")
        self.assertTrue(user.is_superuser and user.is_staff and user.check_password(PASSWORD))
        for name, password in (("second", "short"), ("second", ""), ("first", PASSWORD), ("a b", PASSWORD)):
            with self.assertRaises(CommandError):
                self.run_command("add_superuser", "--user=" + name, stdin=password + "\n")

    def test_seal_anew(self):
        self.assertEqual(self.run_command("seal_second_factors_anew"), "2 sealed with the newest key\n")
        Authenticator.objects.update(sealed_secret="of another key")
        with self.assertRaises(CommandError):
            self.run_command("seal_second_factors_anew")
