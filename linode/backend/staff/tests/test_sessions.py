"""When a session ends by itself."""

import time
from unittest import mock

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission

from staff import second_factor
from staff.tests.pages import LIST, PASSWORD, SECRET, LogInTestCase, make_staff

MINUTE = 60
HOUR = 3600


class SessionTestCase(LogInTestCase):
    """A person who is logged in, and a clock."""

    def setUp(self):
        super().setUp()
        self.log_in(PASSWORD, client=self.client)

    def is_in_after(self, seconds):
        clock = mock.Mock(time=mock.Mock(return_value=time.time() + seconds))
        with mock.patch("staff.sessions.time", clock):
            return self.client.get(LIST, HTTP_ACCEPT_LANGUAGE="en").status_code == 200

    def is_in(self):
        return self.is_in_after(0)


class TimeTests(SessionTestCase):
    """Half an hour without a request, or a working day."""

    def test_it_ends_when_it_is_not_used(self):
        self.assertTrue(self.is_in_after(29 * MINUTE))
        self.assertTrue(self.is_in_after(58 * MINUTE))
        self.assertFalse(self.is_in_after(89 * MINUTE))
        self.assertFalse(self.is_in())

    def test_it_ends_after_twelve_hours_of_work(self):
        self.assertTrue(all(self.is_in_after(number * 20 * MINUTE) for number in range(36)))
        self.assertFalse(self.is_in_after(12 * HOUR))

    def test_a_session_of_an_earlier_release_ends(self):
        session = self.client.session
        for key in ("staff_started", "staff_seen", "staff_rights"):
            del session[key]
        session.save()
        self.assertFalse(self.is_in())

    def test_the_person_reads_why(self):
        self.is_in_after(HOUR)
        self.assertContains(self.client.get("/admin/login/"), "nothing happened")

    def test_the_cookie(self):
        cookie = self.client.cookies["sessionid"]
        self.assertTrue(cookie["httponly"])
        self.assertEqual((cookie["samesite"], cookie["max-age"]), ("Lax", ""))


class RightsTests(SessionTestCase):
    """A change of rights, however it is made, ends the person's sessions at once."""

    def setUp(self):
        super().setUp()
        self.group = Group.objects.create(name="office")
        self.assertTrue(self.is_in())

    def ends(self):
        self.assertFalse(self.is_in())
        self.assertNotIn("_auth_user_id", self.client.session)

    def users(self):
        return get_user_model().objects.filter(pk=self.user.pk)

    def test_superuser(self):
        self.users().update(is_superuser=False)
        self.ends()

    def test_staff(self):
        self.users().update(is_staff=False)
        self.ends()

    def test_active(self):
        self.users().update(is_active=False)
        self.ends()

    def test_group(self):
        self.user.groups.add(self.group)
        self.ends()

    def test_permission(self):
        self.user.user_permissions.add(Permission.objects.first())
        self.ends()

    def test_permission_of_a_group(self):
        self.user.groups.add(self.group)
        self.log_in(PASSWORD, client=self.client)
        self.assertTrue(self.is_in())
        self.group.permissions.add(Permission.objects.first())
        self.ends()

    def test_password(self):
        self.user.set_password("another-" + PASSWORD)
        self.user.save()
        self.ends()

    def test_second_factor(self):
        second_factor.enrol(self.user, SECRET)
        self.ends()

    def test_nobody_elses_session_ends(self):
        make_staff("other").groups.add(self.group)
        self.assertTrue(self.is_in())
