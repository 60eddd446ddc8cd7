"""Calls without a valid token: each address has few."""

from unittest import mock

from django.core.cache import cache
from django.test import TestCase

from api_access.authentication import UnknownCallers
from api_access.tests.issued import caller, issue

ADDRESS = "/felagar/api/sync/changes/"
MOST = 3
SOMEWHERE, ELSEWHERE = "198.51.100.9", "203.0.113.7"


class UnknownCallerTests(TestCase):
    """With a limit of three in a minute."""

    def setUp(self):
        cache.clear()
        self.addCleanup(cache.clear)
        limited = mock.patch.object(UnknownCallers, "rate", "{}/min".format(MOST), create=True)
        limited.start()
        self.addCleanup(limited.stop)

    def ask(self, token=None, address=SOMEWHERE):
        client = caller(token)
        return client.get(ADDRESS, REMOTE_ADDR="", HTTP_X_REAL_IP=address).status_code

    def test_guesses_at_tokens_are_limited(self):
        self.assertEqual([self.ask("x" * 43) for _ in range(MOST + 1)], [401] * MOST + [429])

    def test_so_are_calls_without_one(self):
        self.assertEqual([self.ask() for _ in range(MOST + 1)], [401] * MOST + [429])

    def test_nobody_with_a_token_and_nobody_elsewhere_waits(self):
        token = issue("bidirectional_sync")
        for _ in range(MOST + 1):
            self.ask()
        self.assertEqual((self.ask(token), self.ask(address=ELSEWHERE)), (200, 401))

    def test_a_network_of_ipv6_counts_as_one(self):
        answers = [self.ask(address="2001:db8:1:2::{}".format(number)) for number in range(MOST + 1)]
        self.assertEqual(answers[-1], 429)

    def test_no_header_of_the_caller_names_another_address(self):
        for _ in range(MOST):
            self.ask()
        client = caller()
        forged = {"HTTP_X_FORWARDED_FOR": ELSEWHERE, "REMOTE_ADDR": "", "HTTP_X_REAL_IP": SOMEWHERE}
        self.assertEqual(client.get(ADDRESS, **forged).status_code, 429)
