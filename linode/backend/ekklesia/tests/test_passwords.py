"""What a password must be, and how it is kept."""

import unittest
from unittest import mock

import django
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import RequestFactory, SimpleTestCase, override_settings
from django.utils.crypto import pbkdf2
from staff.hashers import ITERATIONS
from staff.tests.pages import PASSWORD, LogInTestCase, make_staff

from ekklesia.settings import log_in

OWASP = 600000
"""Iterations of PBKDF2 with SHA-256 at the least (Password Storage Cheat Sheet)."""


class PolicyTests(SimpleTestCase):
    """The site's validators together."""

    def refused(self, password, user=None):
        try:
            validate_password(password, user)
        except ValidationError as error:
            return {reason.code for reason in error.error_list}
        return set()

    def test_good_ones(self):
        for password in (PASSWORD, "þrír hestar á heiði", "correct horse battery"):
            self.assertEqual(self.refused(password), set(), password)

    def test_twelve_characters(self):
        self.assertEqual(self.refused("xk7-hpw-93m"), {"password_too_short"})
        self.assertEqual(self.refused("xk7-hpw-93mq"), set())

    def test_common_ones_also_dressed_up(self):
        common = (
            "passwordpassword",
            "password2026!",
            "1qaz2wsx3edc4rfv",
            "QwertyQwerty",
            "123456789012",
            "...",
        )
        for password in common:
            self.assertTrue(self.refused(password), password)

    def test_not_like_the_name(self):
        user = mock.Mock(
            username="gudrun.osvifursdottir", first_name="", last_name="", email="", _meta=mock.Mock()
        )
        self.assertIn("password_too_similar", self.refused("gudrunosvifursdottir1", user))


@override_settings(PASSWORD_HASHERS=log_in.PASSWORD_HASHERS)
class HashingTests(LogInTestCase):
    """The cost of a hash; it is counted, since times differ from machine to machine."""

    def setUp(self):
        super().setUp()
        spied = mock.patch("django.contrib.auth.hashers.pbkdf2", side_effect=self.count)
        spied.start()
        self.addCleanup(spied.stop)
        self.iterations = 0

    def count(self, password, salt, iterations, digest=None):
        """PBKDF2 without its work."""
        self.iterations += iterations
        return pbkdf2(password, salt, 1, digest=digest)

    def work_of(self, name, password):
        self.iterations = 0
        request = RequestFactory().post("/admin/login/")
        user = authenticate(request, username=name, password=password)
        return self.iterations, user

    def test_today_s_cost(self):
        algorithm, iterations = make_password(PASSWORD).split("$")[:2]
        self.assertEqual(algorithm, "pbkdf2_sha256")
        self.assertGreaterEqual(int(iterations), OWASP)

    def test_an_old_hash_is_renewed_at_log_in(self):
        with mock.patch("staff.hashers.CostlyPBKDF2.iterations", 150000):
            user = make_staff("old")
        self.assertIn("$150000$", user.password)
        self.assertTrue(self.work_of("old", PASSWORD)[1])
        user.refresh_from_db()
        self.assertGreaterEqual(int(user.password.split("$")[1]), OWASP)

    @unittest.skipIf(django.VERSION[:3] == (2, 2, 3), "the oldest Django has no cure of CVE-2024-39329")
    def test_no_name_is_found_out_by_time(self):
        make_staff("present")
        with mock.patch("staff.hashers.CostlyPBKDF2.iterations", 150000):
            make_staff("old")
        inactive, service = make_staff("inactive"), make_staff("service")
        inactive.is_active = False
        inactive.save()
        service.set_unusable_password()
        service.save()
        work = {
            name: self.work_of(name, "wrong-password")[0]
            for name in ("present", "old", "inactive", "service", "nobody")
        }
        self.assertEqual(set(work.values()), {ITERATIONS}, work)
