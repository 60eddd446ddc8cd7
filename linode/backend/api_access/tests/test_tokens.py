"""How tokens come and go: taken, carried over, listed, issued, revoked."""

import io
import json
from datetime import timedelta
from unittest import mock

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from django.utils import timezone
from rest_framework.authtoken.models import Token

from api_access import carried_over, tokens
from api_access.models import ApiToken
from api_access.routes import FUNCTIONS
from api_access.tests.issued import caller, issue, issue_to, staff

STATUS = "/felagar/api/sync/status/"
LOOK = "/felagar/api/sync/changes/"


def digests(letter):
    return {name: tokens.digest_of(name + letter * 24) for name in FUNCTIONS}


def look(letter):
    return caller("bidirectional_sync" + letter * 24).get(LOOK).status_code


class AcceptTests(TestCase):
    """New tokens beside the old."""

    def test_both_are_valid_until_the_old_ones_end(self):
        tokens.accept(digests("a"))
        tokens.accept(digests("b"))
        self.assertEqual((look("a"), look("b")), (200, 200))
        tokens.accept(digests("b"), others_end_in=15)
        self.assertEqual((look("a"), look("b")), (200, 200))
        with mock.patch("django.utils.timezone.now", return_value=timezone.now() + timedelta(minutes=16)):
            self.assertEqual((look("a"), look("b")), (401, 200))

    def test_at_once(self):
        tokens.accept(digests("a"))
        tokens.accept(digests("b"), others_end_in=0)
        self.assertEqual((look("a"), look("b")), (401, 200))

    def test_a_second_time_changes_nothing(self):
        self.assertEqual(len(tokens.accept(digests("a"), others_end_in=15)), len(FUNCTIONS))
        before = list(ApiToken.objects.values())
        self.assertEqual(tokens.accept(digests("a"), others_end_in=15), [])
        self.assertEqual(list(ApiToken.objects.values()), before)

    def test_a_later_end_never_replaces_an_earlier_one(self):
        tokens.accept(digests("a"))
        tokens.accept(digests("b"), others_end_in=0)
        tokens.accept(digests("b"), others_end_in=15)
        self.assertEqual(look("a"), 401)

    def test_an_earlier_token_that_is_declared_again_stays_valid(self):
        tokens.accept(digests("a"))
        tokens.accept(digests("b"), others_end_in=15)
        tokens.accept(digests("a"), others_end_in=15)
        self.assertIsNone(ApiToken.objects.get(digest=digests("a")["syncmembers"]).expires)

    def test_a_revoked_token_is_not_taken_again(self):
        tokens.accept(digests("a"))
        ApiToken.objects.all().revoke()
        tokens.accept(digests("a"))
        self.assertEqual(look("a"), 401)

    def test_persons_tokens_stay(self):
        token = issue_to(staff())
        tokens.accept(digests("a"), others_end_in=0)
        self.assertEqual(caller(token).get(STATUS).status_code, 200)

    def test_nothing_ends_while_a_function_has_no_token_of_its_own(self):
        old = issue("sync")
        tokens.accept({"syncmembers": digests("a")["syncmembers"]}, others_end_in=0)
        self.assertEqual(caller(old).get(LOOK).status_code, 200)
        tokens.accept(digests("a"), others_end_in=0)
        self.assertEqual(caller(old).get(LOOK).status_code, 401)


class CarryOverTests(TestCase):
    """Tokens that were kept in plain text."""

    def setUp(self):
        service = staff(carried_over.SHARED_ACCOUNT, is_superuser=False)
        self.shared = Token.objects.create(user=service).key
        self.persons = Token.objects.create(user=staff()).key

    def carry(self, step):
        step(apps, mock.Mock(connection=connection))

    def test_no_callers_next_call_fails_before_or_after_the_switch(self):
        self.carry(carried_over.carry_over)
        self.assertEqual(Token.objects.count(), 2)
        for _ in range(2):
            self.assertEqual(caller(self.shared).get(LOOK).status_code, 200)
            self.assertEqual(caller(self.persons).get(STATUS).status_code, 200)
            self.assertEqual(caller(self.shared).get("/felagar/api/full/").status_code, 403)
            self.carry(carried_over.forget_plain)

    def test_no_plain_token_is_left_and_the_shared_account_is_closed(self):
        self.carry(carried_over.forget_plain)
        self.assertFalse(Token.objects.exists())
        self.assertEqual(ApiToken.objects.count(), 2)
        self.assertNotIn(self.shared, str(list(ApiToken.objects.values())))
        owner = get_user_model().objects.get(username=carried_over.SHARED_ACCOUNT)
        self.assertFalse(owner.is_active or owner.is_staff)

    def test_plain_tokens_have_no_page(self):
        models = apps.get_app_config("authtoken").get_models()
        self.assertFalse([model for model in models if admin.site.is_registered(model)])


class CommandTests(TestCase):
    """`manage.py ensure_api_token` and `manage.py api_tokens`."""

    def call(self, *arguments, **options):
        output = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(options.get("content", ""))):
            call_command(*arguments, stdout=output)
        return output.getvalue()

    def test_the_functions_tokens_are_taken_from_a_file(self):
        content = json.dumps(digests("a"))
        self.assertIn(
            "syncmembers has a new token", self.call("ensure_api_token", "--file=-", content=content)
        )
        self.assertEqual(self.call("ensure_api_token", "--file=-", content=content), "")
        self.assertEqual(look("a"), 200)
        told = self.call(
            "ensure_api_token", "--file=-", "--others-end-in=0", content=json.dumps(digests("b"))
        )
        self.assertIn("{} old tokens end in 0 minutes".format(len(digests("a"))), told)
        self.assertEqual((look("a"), look("b")), (401, 200))

    def test_without_a_file_the_tokens_stay(self):
        tokens.accept(digests("a"))
        self.call("ensure_api_token", "--file=/nowhere", "--others-end-in=0")
        self.assertEqual(look("a"), 200)

    def test_a_wrong_file_changes_nothing(self):
        wrong = ["", "[]", '{"unknown": "%s"}' % ("0" * 64), '{"syncmembers": "x"}', '{"syncmembers": 1}']
        for content in wrong:
            with self.subTest(content), self.assertRaises(CommandError):
                self.call("ensure_api_token", "--file=-", content=content)
        self.assertFalse(ApiToken.objects.exists())

    def add(self, **changes):
        options = dict({"user": "gudrun", "name": "report", "scopes": "status.read"}, **changes)
        words = ["--{}={}".format(key, value) for key, value in options.items() if key != "content"]
        content = options.get("content", tokens.digest_of("t" * 43))
        return self.call("api_tokens", "add", *words, content=content)

    def test_a_person_gets_a_token_that_expires(self):
        staff()
        self.add(days=30)
        self.assertEqual(caller("t" * 43).get(STATUS).status_code, 200)
        self.assertEqual(caller("t" * 43).get("/felagar/api/full/").status_code, 403)
        left = ApiToken.objects.get().expires - timezone.now()
        self.assertEqual(left.days, 29)

    def test_bad_orders_add_nothing(self):
        staff()
        staff("visitor", is_staff=False)
        bad = [
            {"user": "visitor"},
            {"user": "nobody"},
            {"name": ""},
            {"scopes": ""},
            {"scopes": "sync.apply"},
        ]
        bad += [{"days": 0}, {"days": 366}, {"content": "t" * 43}, {"content": ""}]
        for changes in bad:
            with self.subTest(changes), self.assertRaises(CommandError):
                self.add(**changes)
        self.assertFalse(ApiToken.objects.exists())

    def test_list_and_revoke(self):
        mine, function = issue_to(staff()), issue("syncmembers")
        told = self.call("api_tokens", "list", "--json")
        self.assertEqual([row["state"] for row in json.loads(told)], ["valid", "valid"])
        shown = self.call("api_tokens", "list")
        for token in (mine, function):
            self.assertNotIn(token, told + shown)
            self.assertNotIn(tokens.digest_of(token), told + shown)
        self.call("api_tokens", "revoke", "--all")
        states = {row["name"]: row["state"] for row in json.loads(self.call("api_tokens", "list", "--json"))}
        self.assertEqual(states, {"script": "revoked", "syncmembers": "valid"})
        self.call("api_tokens", "revoke", "--name=syncmembers")
        self.assertFalse(ApiToken.objects.valid().exists())
        with self.assertRaises(CommandError):
            self.call("api_tokens", "revoke")
