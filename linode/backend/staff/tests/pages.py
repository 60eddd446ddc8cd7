"""The log-in's pages, as people fill them in."""

from django.contrib.auth import get_user_model
from django.test import TestCase

PASSWORD = "wrung-camel-basil-42"
SOMEWHERE = "198.51.100.9"


def make_staff(name="gudrun", password=PASSWORD, superuser=True):
    """Somebody who may use the admin."""
    make = get_user_model().objects.create_superuser if superuser else get_user_model().objects.create_user
    return make(name, name + "@example.is", password, is_staff=True)


class LogInTestCase(TestCase):
    """One person of staff, and the form that anybody can send."""

    def setUp(self):
        self.user = make_staff()

    def log_in(self, password, name="gudrun", address=SOMEWHERE, client=None, **headers):
        data = {"username": name, "password": password}
        sent = dict(REMOTE_ADDR="", HTTP_X_REAL_IP=address, **headers)
        return (client or self.client_class()).post("/admin/login/", data, **sent)

    def guess(self, times, **whose):
        """The statuses of so many wrong passwords."""
        return [self.log_in("wrong-{}".format(number), **whose).status_code for number in range(times)]
