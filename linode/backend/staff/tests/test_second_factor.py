"""The second factor: whoever holds a password alone gets its page and nothing else."""

import base64
import binascii
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from unittest import mock

from api_access.tests.issued import issue_to
from cryptography.fernet import Fernet
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import TransactionTestCase, override_settings
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone
from rest_framework.authentication import TokenAuthentication

from staff import codes, second_factor
from staff.models import Authenticator, FailedLogin, RecoveryCode
from staff.sealing import seal, seal_anew, unseal
from staff.tests.pages import (
    LIST,
    PASSWORD,
    SECOND_STEP,
    SECRET,
    LogInTestCase,
    SecondFactorTestCase,
    code,
    make_staff,
    other_code,
)

REQUIRED = override_settings(SECOND_FACTOR_FROM=None)


class PasswordAloneTests(SecondFactorTestCase):
    """What a stolen password opens."""

    def test_it_leads_to_the_second_step_and_no_further(self):
        client = self.client_class()
        answer = self.log_in(PASSWORD, client=client)
        self.assertRedirects(answer, SECOND_STEP, fetch_redirect_response=False)
        self.assertNotIn("_auth_user_id", client.session)
        for page in ("", "password_change/", "membership/comrade/", "second-factor/renew/", "jsi18n/"):
            answer = client.get("/admin/" + page)
            self.assertRedirects(
                answer, "/admin/login/?next=/admin/" + page, fetch_redirect_response=False, msg_prefix=page
            )

    def test_a_session_that_was_made_without_it_ends(self):
        """However it was made; also on pages that ask for no more than a member of staff."""
        self.client.force_login(self.user)
        self.assertFalse(self.is_in())
        self.assertNotIn("_auth_user_id", self.client.session)

    def test_no_api_takes_a_session_or_a_password(self):
        for view in api_views():
            for way in view.authentication_classes:
                self.assertTrue(issubclass(way, TokenAuthentication), view)

    def test_a_new_password_does_not_replace_it(self):
        self.user.set_password("another-" + PASSWORD)
        self.user.save()
        answer = self.log_in("another-" + PASSWORD)
        self.assertRedirects(answer, SECOND_STEP, fetch_redirect_response=False)

    def test_the_half_log_in_ends_with_the_password_the_account_and_time(self):
        self.user.set_password("another-" + PASSWORD)
        self.user.save()
        self.send(code())
        self.assertFalse(self.is_in())
        late = mock.patch("staff.pending.time.time", return_value=timezone.now().timestamp() + 601)
        client = self.client_class()
        self.log_in("another-" + PASSWORD, client=client)
        with late:
            self.send(code(), client)
        self.assertFalse(self.is_in(client))
        get_user_model().objects.update(is_active=False)
        self.send(code(), client)
        self.assertFalse(self.is_in(client))


class CodeTests(SecondFactorTestCase):
    """Codes of the app."""

    def test_the_right_one_lets_in(self):
        self.send(code())
        self.assertTrue(self.is_in())

    def test_a_wrong_one_does_not(self):
        for given in (other_code(), "", "abc", "1" * 400, "１２３４５６", "\x00"):
            self.send(given)
            self.assertFalse(self.is_in(), given)
            FailedLogin.objects.all().delete()

    def test_a_clock_may_be_wrong_by_one_step(self):
        for steps, right in ((-1, True), (1, True), (-3, False), (3, False)):
            Authenticator.objects.update(last_step=-1)
            client = self.another()
            self.send(code(steps), client)
            self.assertEqual(self.is_in(client), right, steps)

    def test_it_works_once(self):
        self.send(code())
        client = self.another()
        self.send(code(), client)
        self.assertFalse(self.is_in(client))
        self.send(code(1), client)
        self.assertTrue(self.is_in(client))

    def test_after_a_newer_one_an_older_one_is_refused(self):
        self.send(code(1))
        client = self.another()
        self.send(code(), client)
        self.assertFalse(self.is_in(client))

    def test_guesses_are_limited_and_the_right_one_is_not_checked_then(self):
        self.assertEqual([self.send(other_code()).status_code for _ in range(5)], [200] * 5)
        client = self.another()
        self.assertEqual(self.send(code(), client).status_code, 429)
        self.assertFalse(self.is_in(client))

    def test_the_right_password_does_not_end_that_limit(self):
        for _ in range(5):
            self.send(other_code(), self.another())
        self.assertEqual(self.send(code(), self.another()).status_code, 429)

    def test_a_day_has_few_guesses(self):
        for hours in range(4):
            for _ in range(5):
                self.send(other_code())
            FailedLogin.objects.update(made_at=timezone.now() - timedelta(hours=hours + 1))
        self.assertEqual(self.send(code()).status_code, 429)

    def test_a_recovery_code_works_once(self):
        typed = self.recovery_codes[0].lower().replace("-", " ")
        self.send(typed)
        self.assertTrue(self.is_in())
        client = self.another()
        self.send(typed, client)
        self.assertFalse(self.is_in(client))
        self.assertEqual(RecoveryCode.objects.count(), codes.RECOVERY_CODES - 1)

    def test_another_persons_recovery_code_does_not_work(self):
        other = second_factor.enrol(make_staff("other"), b"another secret")
        self.send(other[0])
        self.assertFalse(self.is_in())


class KeptTests(SecondFactorTestCase):
    """What a copy of the database reveals."""

    def rows(self):
        tables = (Authenticator, RecoveryCode, Session)
        rows = [str(list(table.objects.values_list())) for table in tables]
        return " ".join(rows + [str(session.get_decoded()) for session in Session.objects.all()])

    @REQUIRED
    def test_neither_secrets_nor_recovery_codes(self):
        client = self.client_class()
        make_staff("new")
        self.log_in(PASSWORD, name="new", client=client)
        shown = client.get(SECOND_STEP).context["secret"]
        rows = self.rows()
        encoded = [
            encode(SECRET).decode() for encode in (base64.b64encode, base64.b85encode, binascii.hexlify)
        ]
        for secret in (shown, codes.shown(SECRET), repr(SECRET), *encoded, *self.recovery_codes):
            self.assertNotIn(secret.rstrip("="), rows)

    def test_keys_are_exchanged_without_a_new_phone(self):
        old, new = settings.SECOND_FACTOR_KEYS[0], Fernet.generate_key().decode()
        sealed = seal(SECRET)
        with override_settings(SECOND_FACTOR_KEYS=[new, old]):
            sealed = seal_anew(sealed)
        with override_settings(SECOND_FACTOR_KEYS=[new]):
            self.assertEqual(unseal(sealed), SECRET)

    def test_without_the_key_a_recovery_code_still_works(self):
        with override_settings(SECOND_FACTOR_KEYS=[Fernet.generate_key().decode()]):
            self.assertEqual(self.send(code()).status_code, 200)
            self.assertFalse(self.is_in())
            self.send(self.recovery_codes[0])
            self.assertTrue(self.is_in())


class EnrolmentTests(LogInTestCase):
    """How a second factor is set up."""

    def open(self):
        """The page that shows the secret."""
        self.log_in(PASSWORD, client=self.client)
        answer = self.client.get(SECOND_STEP)
        return codes.base64.b32decode(answer.context["secret"]), answer

    @REQUIRED
    def test_from_the_day_on_there_is_only_its_page(self):
        _, page = self.open()
        self.assertTemplateUsed(page, "staff/enrol.html")
        self.assertEqual(self.client.get(LIST).status_code, 302)
        self.assertIn("data:image/svg+xml", page.content.decode())
        self.assertIn("no-store", page["Cache-Control"])

    @REQUIRED
    def test_a_right_code_enrols_shows_recovery_codes_once_and_lets_in(self):
        secret, _ = self.open()
        self.assertEqual(self.client.post(SECOND_STEP, {"code": other_code(secret)}).status_code, 200)
        self.assertIsNone(second_factor.of(self.user))
        answer = self.client.post(SECOND_STEP, {"code": code(secret=secret)})
        self.assertContains(answer, answer.context["codes"][0])
        self.assertEqual(len(set(answer.context["codes"])), codes.RECOVERY_CODES)
        self.assertEqual(self.client.get(LIST).status_code, 200)

    @REQUIRED
    def test_the_code_that_enrolled_does_not_log_in_again(self):
        secret, _ = self.open()
        once = {"code": code(secret=secret)}
        self.client.post(SECOND_STEP, once)
        client = self.client_class()
        self.log_in(PASSWORD, client=client)
        client.post(SECOND_STEP, once)
        self.assertEqual(client.get(LIST).status_code, 302)

    @REQUIRED
    def test_nobody_enrols_over_another_who_did_meanwhile(self):
        secret, _ = self.open()
        second_factor.enrol(self.user, SECRET)
        self.client.post(SECOND_STEP, {"code": code(secret=secret)})
        self.assertEqual(unseal(second_factor.of(self.user).sealed_secret), SECRET)
        self.assertEqual(self.client.get(LIST).status_code, 302)

    def test_of_two_who_enrol_at_the_same_moment_one_does(self):
        """Both pages were open before either sent its code."""
        second_factor.enrol(self.user, SECRET)
        with self.assertRaises(second_factor.AlreadyEnrolledError):
            second_factor.enrol(self.user, b"another secret")
        self.assertEqual(unseal(second_factor.of(self.user).sealed_secret), SECRET)

    @REQUIRED
    def test_each_session_is_shown_another_secret(self):
        first, _ = self.open()
        self.client = self.client_class()
        self.assertNotEqual(self.open()[0], first)

    def test_before_the_day_staff_are_reminded(self):
        with override_settings(SECOND_FACTOR_FROM=date.max):
            self.log_in(PASSWORD, client=self.client)
            page = self.client.get("/admin/")
        self.assertContains(page, "/admin/second-factor/renew/")

    def test_before_the_day_who_has_one_needs_it(self):
        second_factor.enrol(self.user, SECRET)
        self.log_in(PASSWORD, client=self.client)
        self.assertEqual(self.client.get(LIST).status_code, 302)

    def test_when_the_day_comes_open_sessions_end(self):
        self.log_in(PASSWORD, client=self.client)
        self.assertEqual(self.client.get(LIST).status_code, 200)
        with override_settings(SECOND_FACTOR_FROM=timezone.localdate()):
            self.assertEqual(self.client.get(LIST).status_code, 302)

    def test_before_the_day_it_is_set_up_from_within(self):
        self.log_in(PASSWORD, client=self.client)
        page = self.client.get("/admin/second-factor/renew/")
        secret = codes.base64.b32decode(page.context["secret"])
        self.client.post("/admin/second-factor/renew/", {"code": code(secret=secret)})
        self.assertEqual(unseal(second_factor.of(self.user).sealed_secret), secret)
        self.assertEqual(self.client.get(LIST).status_code, 200)

    def test_pages_in_both_languages(self):
        second_factor.enrol(self.user, SECRET)
        self.log_in(PASSWORD, client=self.client)
        for language, title in (("is", "Kóði úr appinu"), ("en", "Code of the app")):
            self.assertContains(self.client.get(SECOND_STEP, HTTP_ACCEPT_LANGUAGE=language), title)


class RenewalTests(SecondFactorTestCase):
    """A new phone, or new recovery codes."""

    def setUp(self):
        super().setUp()
        self.send(code())
        Authenticator.objects.update(last_step=-1)

    def renew(self, what, given):
        return self.client.post("/admin/second-factor/renew/", {"code": given, what: "1"}, follow=True)

    def test_a_session_alone_is_not_enough(self):
        for what in ("codes", "app"):
            self.assertTemplateUsed(self.renew(what, other_code()), "staff/renew.html")
        self.assertEqual(unseal(second_factor.of(self.user).sealed_secret), SECRET)

    def test_new_recovery_codes_end_the_old_ones(self):
        shown = self.renew("codes", code()).context["codes"]
        self.send(self.recovery_codes[0], self.another())
        client = self.another()
        self.send(shown[0], client)
        self.assertTrue(self.is_in(client))

    def test_a_new_phone_ends_the_old_one_and_other_sessions(self):
        other = self.another()
        self.send(code(), other)
        Authenticator.objects.update(last_step=-1)
        secret = codes.base64.b32decode(self.renew("app", code()).context["secret"])
        self.client.post("/admin/second-factor/renew/", {"code": code(secret=secret)})
        self.assertTrue(self.is_in())
        self.assertFalse(self.is_in(other))
        self.assertEqual(unseal(second_factor.of(self.user).sealed_secret), secret)


class SimultaneousTests(TransactionTestCase):
    """One code, brought by many requests at the same moment."""

    def test_it_lets_one_in(self):
        user = make_staff()
        second_factor.enrol(user, SECRET)
        given = code()

        def one(_):
            try:
                return second_factor.check(user, given, "") is not None
            finally:
                connection.close()

        with ThreadPoolExecutor(4) as pool:
            self.assertEqual(sum(pool.map(one, range(4))), 1)


class TokenTests(SecondFactorTestCase):
    """A token of the API opens no page."""

    def test_no_page_takes_a_token(self):
        token = issue_to(self.user)
        answer = self.client_class().get(LIST, HTTP_AUTHORIZATION="Token " + token)
        self.assertEqual(answer.status_code, 302)


def api_views(patterns=None):
    """The classes of all views of REST framework that the site has."""
    for pattern in patterns or get_resolver().url_patterns:
        if isinstance(pattern, URLResolver):
            yield from api_views(pattern.url_patterns)
        elif isinstance(pattern, URLPattern) and hasattr(pattern.callback, "cls"):
            yield pattern.callback.cls
