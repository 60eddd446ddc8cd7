"""The log-in's pages, as people fill them in."""

import time
from unittest import mock

from django.contrib.auth import get_user_model
from django.test import TestCase
from django_otp.oath import totp

from staff import second_factor

PASSWORD = "wrung-camel-basil-42"
SOMEWHERE = "198.51.100.9"
SECRET = b"a secret for testing"
SECOND_STEP = "/admin/second-factor/"
LIST = "/admin/membership/comrade/"


def make_staff(name="gudrun", password=PASSWORD, superuser=True):
    """Somebody who may use the admin."""
    make = get_user_model().objects.create_superuser if superuser else get_user_model().objects.create_user
    return make(name, name + "@example.is", password, is_staff=True)


def code(steps=0, secret=SECRET):
    """The app's code, now or so many steps from now."""
    return "{:06}".format(totp(secret, drift=steps))


def other_code(secret=SECRET):
    """One that is wrong at any time near now."""
    near = {code(steps, secret) for steps in range(-3, 4)}
    return next(text for text in ("000000", "111111", "222222") if text not in near)


class LogInTestCase(TestCase):
    """One person of staff, and the form that anybody can send."""

    def setUp(self):
        # Half a minute may end between two codes of a test, and the second one would be another code.
        stopped = mock.patch("django_otp.oath.time", return_value=time.time())
        stopped.start()
        self.addCleanup(stopped.stop)
        self.user = make_staff()

    def log_in(self, password, name="gudrun", address=SOMEWHERE, client=None, **headers):
        data = {"username": name, "password": password}
        sent = dict(REMOTE_ADDR="", HTTP_X_REAL_IP=address, **headers)
        return (client or self.client_class()).post("/admin/login/", data, **sent)

    def guess(self, times, **whose):
        """The statuses of so many wrong passwords."""
        return [self.log_in("wrong-{}".format(number), **whose).status_code for number in range(times)]


class SecondFactorTestCase(LogInTestCase):
    """The person has a second factor, and this client the right password."""

    def setUp(self):
        super().setUp()
        self.recovery_codes = second_factor.enrol(self.user, SECRET)
        self.log_in(PASSWORD, client=self.client)

    def send(self, given, client=None):
        return (client or self.client).post(SECOND_STEP, {"code": given})

    def is_in(self, client=None):
        return (client or self.client).get(LIST).status_code == 200

    def another(self):
        """Another browser that has the right password."""
        client = self.client_class()
        self.log_in(PASSWORD, client=client)
        return client
