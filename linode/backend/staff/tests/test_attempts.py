"""Guessing passwords: what is refused, what is not, and what a refusal costs."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from unittest import mock

from django.contrib.auth.hashers import get_hasher
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.utils import timezone

from staff import attempts
from staff.models import FailedLogin
from staff.tests.pages import PASSWORD, SOMEWHERE, LogInTestCase

ELSEWHERE = "203.0.113.7"
HALL = 40
"""People behind one address."""


class PersonTests(LogInTestCase):
    """Five wrong passwords for one person, wherever they come from."""

    def test_the_right_password_is_refused_after_five_wrong_ones(self):
        self.assertEqual(self.guess(5), [200] * 5)
        answer = self.log_in(PASSWORD)
        self.assertEqual(answer.status_code, 429)
        self.assertIn(int(answer["Retry-After"]), range(500, 601))
        self.assertNotIn("sessionid", answer.cookies)

    def test_they_count_from_wherever_they_come(self):
        for number in range(5):
            self.guess(1, address="203.0.113.{}".format(number))
        self.assertEqual(self.log_in(PASSWORD, address=ELSEWHERE).status_code, 429)

    def test_nobody_else_is_concerned(self):
        self.guess(5, name="nobody")
        self.assertEqual(self.log_in(PASSWORD).status_code, 302)

    def test_capitals_and_blanks_are_the_same_name(self):
        self.guess(2)
        self.guess(3, name="ＧUDRUN ")
        self.assertEqual(self.log_in(PASSWORD).status_code, 429)

    def test_the_right_password_ends_the_count(self):
        for _ in range(3):
            self.guess(4)
            self.assertEqual(self.log_in(PASSWORD).status_code, 302)

    def test_time_ends_it(self):
        self.guess(5)
        FailedLogin.objects.update(made_at=timezone.now() - timedelta(seconds=601))
        self.assertEqual(self.log_in(PASSWORD).status_code, 302)

    def test_a_name_that_nobody_has_is_refused_the_same_way(self):
        known = [self.log_in("wrong") for _ in range(6)]
        unknown = [self.log_in("wrong", name="nobody") for _ in range(6)]
        self.assertEqual([a.status_code for a in known], [a.status_code for a in unknown])
        self.assertEqual(known[5].content, unknown[5].content)

    def test_what_was_typed_as_a_name_is_not_kept(self):
        self.guess(1, name="my secret password")
        self.assertNotIn("secret", str(FailedLogin.objects.values_list()))


class AddressTests(LogInTestCase):
    """Far more from one address, and only wrong ones."""

    @override_settings(LOGIN_FAILURES_OF_ADDRESS=[(HALL // 4, 600)])
    def test_a_hall_logs_in_from_one_address(self):
        for _ in range(HALL):
            attempts.succeed(attempts.begin(attempts.named("gudrun"), SOMEWHERE))
        self.assertEqual(self.log_in(PASSWORD).status_code, 302)

    @override_settings(LOGIN_FAILURES_OF_ADDRESS=[(7, 600)])
    def test_names_cannot_be_tried_one_after_the_other(self):
        for number in range(7):
            self.guess(1, name="name-{}".format(number))
        self.assertEqual(self.log_in(PASSWORD).status_code, 429)
        self.assertEqual(self.log_in(PASSWORD, address=ELSEWHERE).status_code, 302)

    @override_settings(LOGIN_FAILURES_OF_ADDRESS=[(7, 600)])
    def test_forwarding_headers_of_the_client_change_nothing(self):
        for number in range(7):
            forged = "203.0.113.{}".format(number)
            headers = {"HTTP_X_FORWARDED_FOR": forged, "HTTP_FORWARDED": "for=" + forged}
            self.log_in("wrong", name="name-{}".format(number), **headers)
        self.assertEqual(self.log_in(PASSWORD, HTTP_X_FORWARDED_FOR=ELSEWHERE).status_code, 429)

    @override_settings(LOGIN_FAILURES_OF_ADDRESS=[(3, 600)])
    def test_a_network_of_ipv6_counts_as_one_address(self):
        for number in range(3):
            self.guess(1, name="name-{}".format(number), address="2001:db8:1:2::{}".format(number))
        self.assertEqual(self.log_in(PASSWORD, address="2001:db8:1:2:ffff::1").status_code, 429)
        self.assertEqual(self.log_in(PASSWORD, address="2001:db8:1:3::1").status_code, 302)


class CostTests(LogInTestCase):
    """A refused try costs next to nothing."""

    def test_nothing_is_hashed_and_nobody_waits(self):
        self.guess(5)
        hasher = type(get_hasher())
        with mock.patch.object(hasher, "encode") as encode, mock.patch("time.sleep") as sleep:
            self.assertEqual(self.log_in(PASSWORD).status_code, 429)
            self.assertEqual(self.log_in("wrong").status_code, 429)
        self.assertFalse(encode.called or sleep.called)

    def test_refused_tries_fill_no_table(self):
        self.guess(5)
        before = FailedLogin.objects.count()
        self.guess(3)
        self.assertEqual(FailedLogin.objects.count(), before)

    def test_old_ones_are_removed(self):
        FailedLogin.objects.create(person="old", made_at=timezone.now() - timedelta(days=2))
        self.guess(1)
        self.assertFalse(FailedLogin.objects.filter(person="old").exists())


class MessageTests(LogInTestCase):
    """Who is refused reads why, and until when."""

    def test_in_icelandic_and_english(self):
        self.guess(5)
        self.assertContains(self.log_in("x", HTTP_ACCEPT_LANGUAGE="is"), "eftir 10 mín", status_code=429)
        self.assertContains(self.log_in("x", HTTP_ACCEPT_LANGUAGE="en"), "in 10 min", status_code=429)


class UnlockTests(LogInTestCase):
    """Let somebody in before the time is over."""

    def test_a_person_and_an_address(self):
        self.guess(5)
        self.assertEqual(attempts.forget_person(attempts.named("gudrun")), 5)
        self.assertEqual(self.log_in(PASSWORD).status_code, 302)
        self.guess(4)
        self.assertEqual(attempts.forget_address(SOMEWHERE), 4)


class SimultaneousTests(TransactionTestCase):
    """Many tries at the same moment are many tries."""

    def test_no_more_are_checked_than_the_limit_allows(self):
        def one(_):
            try:
                attempts.begin(attempts.named("gudrun"), SOMEWHERE)
            except attempts.TooManyFailures:
                return 0
            finally:
                connection.close()
            return 1

        with ThreadPoolExecutor(12) as pool:
            self.assertLessEqual(sum(pool.map(one, range(24))), 5)
