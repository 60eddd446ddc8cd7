"""The page on which staff change their own password: no place to guess the one they have."""

from django.test import override_settings
from django.utils import timezone

from staff.tests.pages import PASSWORD, SOMEWHERE, SecondFactorTestCase, code

PAGE = "/admin/password_change/"
NEW = "camel-basil-wrung-43"


@override_settings(SECOND_FACTOR_FROM=timezone.localdate())
class OwnPasswordTests(SecondFactorTestCase):
    """Somebody has a session of the person's."""

    def setUp(self):
        super().setUp()
        self.send(code())

    def change(self, old):
        data = {"old_password": old, "new_password1": NEW, "new_password2": NEW}
        return self.client.post(PAGE, data, REMOTE_ADDR="", HTTP_X_REAL_IP=SOMEWHERE)

    def has_password(self, password):
        self.user.refresh_from_db()
        return self.user.check_password(password)

    def test_guesses_are_limited_and_then_the_right_one_is_not_looked_at(self):
        statuses = [self.change("wrong-{}".format(number)).status_code for number in range(5)]
        self.assertEqual(statuses, [200] * 5)
        answer = self.change(PASSWORD)
        self.assertEqual((answer.status_code, answer["Retry-After"].isdigit()), (429, True))
        self.assertTrue(self.has_password(PASSWORD))

    def test_they_are_the_guesses_of_the_log_in(self):
        for number in range(5):
            self.change("wrong-{}".format(number))
        self.assertEqual(self.log_in(PASSWORD, client=self.client).status_code, 429)

    def test_who_knows_it_changes_it(self):
        self.assertContains(self.change("wrong"), "errornote")
        self.assertRedirects(self.change(PASSWORD), PAGE + "done/")
        self.assertTrue(self.has_password(NEW))

    def test_a_new_one_is_checked_as_everywhere(self):
        data = {"old_password": PASSWORD, "new_password1": "password", "new_password2": "password"}
        self.assertEqual(self.client.post(PAGE, data).status_code, 200)
        self.assertTrue(self.has_password(PASSWORD))
