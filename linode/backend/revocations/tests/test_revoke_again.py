"""A restored database gives nobody back what was taken away since its backup."""

import io
import json
from functools import partial
from unittest import mock

from api_access.models import ApiToken
from communication import deliveries
from communication.confirming import NotSendableError, confirm
from communication.models import Delivery
from communication.tests.letters import make_letter
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import transaction
from django.test import TestCase
from django.utils import timezone
from membership.models import Comrade
from membership.tests.members import make_member
from rest_framework.authtoken.models import Token
from staff import second_factor

from revocations.again import revoke_again
from revocations.standing import standing_rights

OLD, NEW = "wrung-camel-basil-42", "violet-anchor-spoon-17"
NO_LETTERS = "0101303019"


def account(name, **fields):
    """A staff account with the old password."""
    return get_user_model().objects.create_user(name, password=OLD, is_staff=True, **fields)


def found(name):
    """The account as the database has it."""
    return get_user_model().objects.get(username=name)


def opens(name, password):
    """Whether they may log in with it."""
    return found(name).is_active and found(name).check_password(password)


def update(name, **fields):
    """Change an account."""
    get_user_model().objects.filter(username=name).update(**fields)


def permission(codename):
    """A permission on members."""
    return Permission.objects.get(codename=codename, content_type__app_label="membership")


class RestoredTests(TestCase):
    """Each test changes the live database, reads what counts, and undoes the change as a restore would."""

    def setUp(self):
        self.gudrun = account("gudrun", is_superuser=True)
        self.jon = account("jon")
        self.jon.user_permissions.add(permission("change_comrade"))
        self.office = Group.objects.create(name="office")
        self.office.permissions.add(permission("delete_comrade"))
        self.jon.groups.add(self.office)

    def standing_after(self, change):
        """What counts in a database in which this was done; it is undone here, as by a restore."""
        point = transaction.savepoint()
        change()
        standing = standing_rights()
        transaction.savepoint_rollback(point)
        return json.loads(json.dumps(standing))

    def test_a_restore_without_revocations_takes_nothing_but_the_sessions(self):
        Session.objects.create(session_key="s", expire_date=timezone.now())
        self.assertEqual(revoke_again(standing_rights()), ["everybody logs in anew"])
        self.assertEqual(Session.objects.count(), 0)
        self.assertTrue(found("jon").has_perm("membership.delete_comrade"))
        self.assertTrue(opens("gudrun", OLD))

    def test_a_lost_phone_opens_nothing(self):
        second_factor.enrol(self.jon, b"the secret of a phone")
        standing = self.standing_after(lambda: second_factor.reset(self.jon))
        self.assertIn("second factor was changed", revoke_again(standing)[0])
        self.assertIsNone(second_factor.of(self.jon))

    def test_a_recovery_code_that_was_used_works_no_more(self):
        shown = second_factor.enrol(self.jon, b"the secret of a phone")
        standing = self.standing_after(lambda: second_factor.check(self.jon, shown[0], ""))
        self.assertEqual(revoke_again(standing)[0], "jon: 1 recovery codes were used since")
        self.assertIsNone(second_factor.check(self.jon, shown[0], ""))
        self.assertIsNotNone(second_factor.check(self.jon, shown[1], ""))

    def test_flags_that_were_taken_away_stay_away(self):
        for flag in ("is_active", "is_staff", "is_superuser"):
            with self.subTest(flag):
                get_user_model().objects.filter(username="gudrun").update(
                    is_active=True, is_staff=True, is_superuser=True
                )
                standing = self.standing_after(partial(update, "gudrun", **{flag: False}))
                self.assertTrue(getattr(found("gudrun"), flag))
                self.assertEqual(revoke_again(standing)[0], "gudrun: no longer " + flag)
                self.assertFalse(getattr(found("gudrun"), flag))

    def test_rights_that_were_given_since_are_not_given(self):
        standing = self.standing_after(lambda: update("jon", is_superuser=True))
        revoke_again(standing)
        self.assertFalse(found("jon").is_superuser)

    def test_a_password_that_was_changed_since_opens_nothing_neither_the_old_nor_the_new(self):
        def change():
            self.jon.set_password(NEW)
            self.jon.save()

        standing = self.standing_after(change)
        self.assertTrue(opens("jon", OLD), "the restore brought it back")
        revoke_again(standing)
        self.assertFalse(opens("jon", OLD))
        self.assertFalse(opens("jon", NEW))
        self.assertTrue(found("jon").is_active)

    def test_an_account_that_was_deleted_waits_for_an_operator(self):
        standing = self.standing_after(lambda: found("jon").delete())
        self.assertEqual(revoke_again(standing)[0], "jon: not active until it is confirmed")
        self.assertFalse(opens("jon", OLD))

    def test_permissions_and_groups_that_were_taken_away_stay_away(self):
        standing = self.standing_after(found("jon").user_permissions.clear)
        revoke_again(standing)
        self.assertFalse(found("jon").has_perm("membership.change_comrade"))
        self.assertTrue(found("jon").has_perm("membership.delete_comrade"))
        standing = self.standing_after(self.office.permissions.clear)
        self.assertIn("group office: without membership.comrade.delete_comrade", revoke_again(standing))
        self.assertFalse(found("jon").has_perm("membership.delete_comrade"))
        revoke_again(self.standing_after(found("jon").groups.clear))
        self.assertFalse(found("jon").groups.exists())

    def test_a_token_that_was_revoked_stays_so_and_the_others_stay_valid(self):
        revoked = ApiToken.objects.create(name="laptop", owner=self.jon, digest="a" * 64)
        kept = ApiToken.objects.create(name="script", owner=self.jon, digest="b" * 64)
        functions = ApiToken.objects.create(name="syncmembers", digest="c" * 64)
        Token.objects.create(user=self.jon)
        standing = self.standing_after(ApiToken.objects.filter(pk=revoked.pk).revoke)
        self.assertEqual(ApiToken.objects.valid().count(), 3)
        self.assertIn("1 tokens of persons ended", revoke_again(standing))
        self.assertEqual({token.pk for token in ApiToken.objects.valid()}, {kept.pk, functions.pk})
        self.assertEqual(Token.objects.count(), 0)

    def test_who_wanted_no_letters_gets_none(self):
        make_member(NO_LETTERS)
        standing = self.standing_after(lambda: Comrade.objects.update(reachable=False))
        self.assertTrue(Comrade.objects.get(ssn=NO_LETTERS).reachable)
        self.assertIn("1 members want no letters", revoke_again(standing))
        self.assertFalse(Comrade.objects.get(ssn=NO_LETTERS).reachable)

    def test_a_letter_that_was_on_its_way_waits_for_a_person(self):
        letter = make_letter(make_member(), make_member("0202802229"))
        confirm(letter, 2)
        first = letter.deliveries.first()
        deliveries.claim(first, "jon@example.is")
        deliveries.settle(first, Delivery.SENT, "250 taken")
        self.assertIn("1 letters wait for a person: they may have been sent since", revoke_again(None))
        states = sorted(letter.deliveries.values_list("state", flat=True))
        self.assertEqual(states, [Delivery.SENT, Delivery.UNKNOWN])

    def test_a_draft_that_was_sent_since_is_not_sent_again(self):
        letter = make_letter(make_member())
        standing = self.standing_after(lambda: confirm(letter, 1))
        self.assertIn("1 drafts were sent since", revoke_again(standing))
        with self.assertRaises(NotSendableError):
            confirm(letter, 1)

    def test_if_nothing_is_known_every_account_and_token_waits(self):
        ApiToken.objects.create(name="laptop", owner=self.jon, digest="a" * 64)
        revoke_again(None)
        self.assertFalse(get_user_model().objects.filter(is_active=True).exists())
        self.assertFalse(ApiToken.objects.valid().exists())
        self.assertTrue(found("gudrun").is_superuser, "what the account was is still to be seen")

    def test_a_database_without_accounts_knows_nothing(self):
        self.assertIsNone(self.standing_after(lambda: get_user_model().objects.all().delete()))

    def test_what_counts_holds_no_password(self):
        told = json.dumps(standing_rights())
        self.assertNotIn(self.jon.password, told)
        self.assertNotIn("$", told)

    def test_a_second_time_changes_nothing(self):
        revoke_again(None)
        self.assertEqual(revoke_again(None), ["everybody logs in anew"])


class CommandTests(TestCase):
    """The commands that `fab restore` and operators run."""

    def run_command(self, *words, given=""):
        told = io.StringIO()
        with mock.patch("sys.stdin", io.StringIO(given)):
            call_command(*words, stdout=told)
        return told.getvalue()

    def test_the_one_reads_what_the_other_prints(self):
        account("gudrun", is_superuser=True)
        standing = self.run_command("standing_rights")
        self.assertEqual(self.run_command("revoke_again", given=standing), "everybody logs in anew\n")

    def test_other_input_changes_nothing(self):
        account("gudrun")
        for given in ("", "nonsense", "[]", "3"):
            with self.subTest(given), self.assertRaises(CommandError):
                self.run_command("revoke_again", given=given)
        self.assertTrue(found("gudrun").is_active)

    def test_an_operator_confirms_an_account(self):
        account("gudrun", is_superuser=True)
        self.run_command("revoke_again", "--nothing-known")
        self.assertEqual(self.run_command("confirm_staff"), "gudrun (superuser)\n")
        told = self.run_command("confirm_staff", "--user", "gudrun")
        self.assertIn("it needs a password", told)
        self.assertTrue(found("gudrun").is_active)
        with self.assertRaises(CommandError):
            self.run_command("confirm_staff", "--user", "gudrun")
        with self.assertRaises(CommandError):
            self.run_command("confirm_staff", "--user", "nobody")
