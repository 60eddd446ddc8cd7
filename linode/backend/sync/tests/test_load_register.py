"""`manage.py load_register`."""

import io
import json
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from membership.models import Comrade

from sync.management.commands.load_register import NAMES
from sync.models import MemberSyncQueue

MEMBER = dict(
    dict.fromkeys(NAMES),
    ssn="0101701234",
    name="Jón Jónsson",
    birthday="1970-01-01",
    date_joined="2019-01-06T16:43:47Z",
    reachable=True,
    groupable=False,
    gender=1,
    housing_situation=6,
    status="active",
    email="jon@example.is",
    street_address="Dæmigata 1",
    postal_code="101",
    city="Reykjavík",
)


def load(*members):
    """Load members, or raw lines."""
    lines = [member if isinstance(member, str) else json.dumps(member) for member in members]
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))):
        call_command("load_register", stdout=io.StringIO())


class LoadRegisterTests(TestCase):
    """All or nothing, and idempotent."""

    def test_members_are_loaded_and_queued(self):
        load(MEMBER, "", dict(MEMBER, ssn="0202802229"))
        member = Comrade.objects.get(ssn="0101701234")
        self.assertEqual((member.contact_info.email, member.contact_info.phone), ("jon@example.is", ""))
        self.assertEqual(member.simple_address.city, "Reykjavík")
        self.assertEqual(MemberSyncQueue.objects.filter(action="create").count(), 2)

    def test_twice_is_the_same_as_once(self):
        load(MEMBER)
        before = (Comrade.objects.get().pk, MemberSyncQueue.objects.get().rev)
        load(MEMBER)
        self.assertEqual((Comrade.objects.get().pk, MemberSyncQueue.objects.get().rev), before)

    def test_changed_line_is_an_edit(self):
        load(MEMBER)
        MemberSyncQueue.objects.all().delete()
        load(dict(MEMBER, city="Akureyri"))
        self.assertEqual(MemberSyncQueue.objects.get().fields_changed, {"city": "Akureyri"})

    def test_a_bad_value_is_named_with_its_line(self):
        with self.assertRaisesMessage(CommandError, "line 2: profile.email is not an e-mail address"):
            load(dict(MEMBER, ssn="0202802229"), dict(MEMBER, email="a@b..c"))

    def test_bad_lines(self):
        bad = ["{", "[]", "{}", dict(MEMBER, ssn="010170-1234"), dict(MEMBER, birthday="31.12.1970")]
        bad += [dict(MEMBER, name="x" * 300), dict(MEMBER, name=None), dict(MEMBER, birthday="10000-01-01")]
        bad += [dict(MEMBER, email="a@b..c"), dict(MEMBER, phone="+0123456"), dict(MEMBER, gender=9)]
        bad += [dict(MEMBER, date_joined="10000-01-01T00:00:00Z"), dict(MEMBER, city="a\u200bb")]
        for line in bad:
            with self.assertRaises(CommandError):
                load(dict(MEMBER, ssn="0202802229"), line)
