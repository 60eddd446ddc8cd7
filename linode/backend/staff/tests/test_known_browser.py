"""Nobody keeps a person out of the browser that they use every day."""

from staff import attempts
from staff.models import Authenticator
from staff.tests.pages import PASSWORD, SecondFactorTestCase, code, make_staff


class KnownBrowserTests(SecondFactorTestCase):
    """A browser in which the person has logged in once, and somebody elsewhere who guesses."""

    def setUp(self):
        super().setUp()
        self.send(code())
        Authenticator.objects.update(last_step=-1)
        self.client.cookies.pop("sessionid")

    def test_guesses_elsewhere_do_not_close_it(self):
        self.guess(5)
        self.assertEqual(self.log_in(PASSWORD).status_code, 429)
        self.assertEqual(self.log_in(PASSWORD, client=self.client).status_code, 302)

    def test_guesses_in_it_are_limited_too(self):
        self.guess(5, client=self.client)
        self.assertEqual(self.log_in(PASSWORD, client=self.client).status_code, 429)

    def test_it_is_known_for_that_person_alone(self):
        make_staff("other")
        self.guess(5, name="other")
        self.assertEqual(self.log_in(PASSWORD, name="other", client=self.client).status_code, 429)

    def test_a_forged_cookie_is_nothing(self):
        self.guess(5)
        cookie = self.client.cookies["staff_browser"]
        # The table of failures holds the digest, and a backup of the table can be lost.
        known = attempts.named("gudrun").digest
        for forged in (cookie.value.replace(":", "x:", 1), known + ".another", known + ".another:1x:y"):
            self.client.cookies["staff_browser"] = forged
            self.assertEqual(self.log_in(PASSWORD, client=self.client).status_code, 429, forged)

    def test_the_password_alone_makes_no_browser_known(self):
        client = self.another()
        self.guess(5)
        self.assertEqual(self.log_in(PASSWORD, client=client).status_code, 429)

    def test_no_script_reads_the_cookie(self):
        self.assertTrue(self.client.cookies["staff_browser"]["httponly"])
