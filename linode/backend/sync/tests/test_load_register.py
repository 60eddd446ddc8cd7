"""`manage.py load_register`."""

import io
import json
from unittest import mock

from django.core.management import CommandError, call_command
from django.test import TestCase
from membership.models import Comrade, SimpleAddress

from sync.management.commands.load_register import NAMES
from sync.models import Conflict, MemberSyncQueue

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


def load(*members, **options):
    """Load members, or raw lines; what is printed."""
    lines = [member if isinstance(member, str) else json.dumps(member) for member in members]
    told = io.StringIO()
    with mock.patch("sys.stdin", io.TextIOWrapper(io.BytesIO("\n".join(lines).encode()))):
        call_command("load_register", stdout=told, **options)
    return told.getvalue()


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
        load(dict(MEMBER, city="Akureyri", base=MEMBER))
        self.assertEqual(MemberSyncQueue.objects.get().fields_changed, {"city": "Akureyri"})

    def test_a_sheet_without_its_base_writes_over_nobodys_edit(self):
        load(MEMBER, dict(MEMBER, ssn="0202802229"))
        Comrade.objects.filter(ssn="0202802229").update(name="Breytt")
        SimpleAddress.objects.filter(comrade__ssn="0202802229").update(city="Akureyri")
        with self.assertRaisesMessage(CommandError, "2 values would be written over"):
            load(MEMBER, dict(MEMBER, ssn="0202802229"))
        told = load(MEMBER, dict(MEMBER, ssn="0202802229"), dry_run=True)
        self.assertIn("020280-****  name  Breytt -> Jón Jónsson", told)
        self.assertNotIn("0202802229", told)
        self.assertEqual(Comrade.objects.get(ssn="0202802229").name, "Breytt")
        self.assertFalse(Conflict.objects.exists())

    def test_what_is_written_over_all_the_same_is_in_the_conflict_log(self):
        load(MEMBER)
        Comrade.objects.update(name="Breytt")
        with self.assertRaises(CommandError):
            load(MEMBER, overwrite=2)
        load(MEMBER, overwrite=1)
        lost = Conflict.objects.get()
        self.assertEqual((lost.field, lost.lost_on, lost.lost_value), ("name", "django", "Breytt"))
        self.assertEqual(Comrade.objects.get().name, "Jón Jónsson")

    def test_with_its_base_a_sheet_changes_what_its_author_changed(self):
        load(MEMBER)
        Comrade.objects.update(name="Breytt", gender=2)
        load(dict(MEMBER, city="Akureyri", base=MEMBER))
        member = Comrade.objects.get()
        self.assertEqual((member.name, member.gender, member.simple_address.city), ("Breytt", 2, "Akureyri"))
        with self.assertRaisesMessage(CommandError, "1 values would be written over"):
            load(dict(MEMBER, name="Annað", base=MEMBER))

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
