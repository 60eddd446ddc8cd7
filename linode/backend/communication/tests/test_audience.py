"""Who gets a letter."""

from datetime import date
from unittest import mock

from django.core.exceptions import ValidationError
from django.test import TestCase
from membership.models import Comrade, SimpleAddress, Union
from membership.tests.members import make_member

from communication import audience
from communication.models import Audience, Email
from communication.tests.letters import make_letter

KENNITALAS = ["0101701234", "0202802229", "0303803339", "0404904449"]


class AudienceTests(TestCase):
    """Four members, each of whom something sets apart."""

    def setUp(self):
        self.anna, self.birna, self.david, self.edda = [
            make_member(number, name=name)
            for number, name in zip(KENNITALAS, ["Anna", "Birna", "Davíð", "Edda"])
        ]

    def names(self, kind=Email.NEWS, **chosen):
        saved = Audience.objects.create(name=str(Audience.objects.count()), **chosen)
        return self.names_of(make_letter(audience=saved, kind=kind))

    def names_of(self, letter):
        return [comrade.name for comrade in audience.recipients(letter)]

    def set(self, comrade, **values):
        Comrade.objects.filter(pk=comrade.pk).update(**values)

    def test_nothing_said_is_everyone_who_may_be_written_to(self):
        self.set(self.anna, reachable=False)
        self.birna.contact_info.delete()
        self.david.contact_info.email = ""
        self.david.contact_info.save()
        self.assertEqual(self.names(), ["Edda"])
        self.assertEqual(audience.unreached(Email.objects.get()), 3)

    def test_what_members_must_get_reaches_those_who_want_no_letters(self):
        self.set(self.anna, reachable=False)
        self.assertEqual(self.names(kind=Email.REQUIRED), ["Anna", "Birna", "Davíð", "Edda"])

    def test_who_left_is_in_it_only_on_purpose(self):
        self.set(self.anna, status="left")
        self.set(self.birna, status="suspended")
        self.assertEqual(self.names(), ["Birna", "Davíð", "Edda"])
        self.assertEqual(self.names(active=False, suspended=False, left=True), ["Anna"])
        self.assertEqual(self.names(suspended=False), ["Davíð", "Edda"])

    def test_postal_codes(self):
        for comrade, code in [(self.anna, "101"), (self.birna, "210"), (self.david, "603")]:
            SimpleAddress.objects.create(comrade=comrade, postal_code=code)
        self.assertEqual(self.names(postal_codes="101, 200-210"), ["Anna", "Birna"])
        for wrong in ("10", "abc", "200-101", "101;102"):
            with self.assertRaises(ValidationError, msg=wrong):
                Audience(name="x", postal_codes=wrong).full_clean()

    def test_a_code_of_another_country_is_not_in_a_range_of_ours(self):
        for comrade, code in [(self.anna, "1015"), (self.birna, "101"), (self.david, "101 X")]:
            SimpleAddress.objects.create(comrade=comrade, postal_code=code)
        self.assertEqual(self.names(postal_codes="100-199"), ["Birna"])

    def test_unions_and_groups(self):
        for name, members in (("Efling", [self.anna, self.birna]), ("VR", [self.birna])):
            union = Union.objects.create(name=name)
            union.members.set(members)
        saved = Audience.objects.create(name="unions")
        saved.unions.set(Union.objects.all())
        self.assertEqual(self.names_of(make_letter(audience=saved)), ["Anna", "Birna"])
        self.set(self.anna, groupable=False)
        self.assertEqual(self.names(for_groups=True), ["Birna", "Davíð", "Edda"])

    def test_age_on_the_day(self):
        self.set(self.anna, birthday=date(2008, 2, 29))
        self.set(self.birna, birthday=date(2007, 3, 1))
        for today, of_age in (
            (date(2025, 3, 1), ["Birna"]),
            (date(2026, 2, 28), ["Birna"]),
            (date(2026, 3, 1), ["Anna", "Birna"]),
        ):
            with mock.patch("django.utils.timezone.localdate", return_value=today):
                self.assertEqual(self.names(min_age=18), of_age, today)
        with mock.patch("django.utils.timezone.localdate", return_value=date(2026, 2, 28)):
            self.assertEqual(self.names(max_age=17), ["Anna"])

    def test_joined_since(self):
        self.set(self.anna, date_joined="2020-05-01T00:00:00Z")
        self.set(self.birna, date_joined="2020-04-30T23:59:59Z")
        self.assertNotIn("Birna", self.names(joined_since=date(2020, 5, 1)))
        self.assertIn("Anna", self.names(joined_since=date(2020, 5, 1)))

    def test_who_is_named_gets_it_too_and_nobody_twice(self):
        saved = Audience.objects.create(name="none", active=False, suspended=False)
        letter = make_letter(self.anna, audience=saved)
        self.assertEqual(self.names_of(letter), ["Anna"])
        Audience.objects.update(active=True)
        letter.refresh_from_db()
        self.assertEqual(self.names_of(letter), ["Anna", "Birna", "Davíð", "Edda"])
        self.assertEqual(self.names_of(make_letter(self.edda)), ["Edda"])
