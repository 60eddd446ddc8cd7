"""Every table is searched for every value of an erased person, whether or not they were a member by then."""

import io
from unittest import mock

from communication.models import Audience, Delivery, Email
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import connection
from django.utils import timezone
from membership.models import Comrade, ForeignAddress, SimpleAddress
from membership.tests.members import KENNITALA
from membership.tests.pages import AdminTestCase

from sync import comparison
from sync.erasure import erase
from sync.models import ComparisonRound, Conflict, Intent, MemberSyncQueue, Shadow
from sync.tests.backups import back_up, restore, tables
from sync.tests.cloud import Cloud, present
from sync.tests.erased import erase_wholly, forget_wholly

OTHER = "0202801234"
VALUES = {
    "name": "Gleymdur Einstakur",
    "email": "gleymdur@example.is",
    "phone": "5557777",
    "facebook": "gleymdur.facebook",
    "street": "Gleymskugata 7",
    "city": "Gleymskuvík",
    "abroad": "Vergessenweg 7",
}


def rows():
    """Every row of every table, as a text, by the name of its table."""
    with connection.cursor() as cursor:
        for name in tables():
            cursor.execute('SELECT searched::text FROM "{}" AS searched'.format(name))
            for (row,) in cursor.fetchall():
                yield name, row


def found(values):
    """Where a value still is: pairs of table and row."""
    return [(name, row) for name, row in rows() if any(value in row for value in values)]


class ForgottenTests(AdminTestCase):
    """A person of whom every table that can name them does."""

    def setUp(self):
        super().setUp()
        self.cloud = Cloud()
        self._enter()
        self.comrade = Comrade.objects.get(ssn=KENNITALA)
        self.cloud.reconcile()
        self._edit_on_both_sides()
        self._write_letters()
        present(self.cloud.read())

    def _enter(self):
        """By the admin's own page, which logs what it did."""
        page = {
            "name": VALUES["name"],
            "ssn": KENNITALA,
            "gender": 1,
            "housing_situation": 0,
            "status": "active",
        }
        page.update({"date_joined_0": "2020-01-02", "date_joined_1": "03:04:05"})
        for prefix, values in {
            "contact_info": {
                "email": VALUES["email"],
                "phone": VALUES["phone"],
                "facebook": VALUES["facebook"],
            },
            "simple_address": {
                "street_address": VALUES["street"],
                "postal_code": "101",
                "city": VALUES["city"],
            },
            "foreign_addresses": {
                "street_address": VALUES["abroad"],
                "city": VALUES["city"],
                "country": "DE",
            },
        }.items():
            page.update({prefix + "-TOTAL_FORMS": 1, prefix + "-INITIAL_FORMS": 0})
            page.update({"{}-0-{}".format(prefix, name): value for name, value in values.items()})
        self.post("/admin/membership/comrade/add/", page)

    def _edit_on_both_sides(self):
        """So that the conflict log, the shadow, an intent and the queue hold values, too."""
        SimpleAddress.objects.update(city=VALUES["city"] + " II")
        self.cloud.edit("profile.address.city", VALUES["city"] + " III")
        Comrade.objects.filter(ssn=KENNITALA).update(name=VALUES["name"] + " yngri")
        MemberSyncQueue.objects.update(error_message="bad " + VALUES["phone"])
        ComparisonRound.objects.create(pk=1, after=KENNITALA)

    def _write_letters(self):
        other = Comrade.objects.create(ssn=OTHER, name="Annar Félagi")
        alone = Email.objects.create(subject="Til " + VALUES["name"], body="Kæri " + VALUES["name"])
        both = Email.objects.create(
            subject="Fundur",
            body="Skrifið til " + VALUES["email"],
            body_english="Write to " + VALUES["email"],
            reason="að beiðni: " + VALUES["name"],
        )
        alone.recipients.set([self.comrade])
        both.recipients.set([self.comrade, other])
        refused = "550 <{}>".format(VALUES["email"])
        both.deliveries.create(comrade=self.comrade, address=VALUES["email"], reply=refused)
        both.deliveries.create(comrade=other)

    def assert_forgotten(self):
        self.assertEqual(found(VALUES.values()), [])

    def test_the_values_are_in_every_table_that_can_hold_them(self):
        """Else this test would find nothing because there is nothing to find."""
        there = {name for name, _ in found(VALUES.values())}
        for model in (Comrade, Shadow, Intent, Conflict, MemberSyncQueue, ForeignAddress, Email, Delivery):
            self.assertIn(model._meta.db_table, there)
        self.assertIn("django_admin_log", there)

    def test_a_member_is_forgotten(self):
        erase(KENNITALA, self.user)
        self.cloud.reconcile()
        self.assert_forgotten()
        self.assertEqual(Email.objects.get(subject="Fundur").body, "Skrifið til (erased)")
        self.assertNotEqual(ComparisonRound.objects.get().after, KENNITALA)

    def test_a_letter_to_an_audience_stays_for_the_others(self):
        """Its recipients are deliveries, and those of an old letter are gone: it named nobody."""
        everyone = Audience.objects.create(name="allir")
        Email.objects.create(
            subject="Til allra", body="Hæ", audience=everyone, sent_at=timezone.now(), number=2
        )
        one = Email.objects.create(
            subject="Til eins", body="Hæ", audience=everyone, sent_at=timezone.now(), number=1
        )
        one.deliveries.create(comrade=self.comrade)
        erase(KENNITALA, self.user)
        self.assertTrue(Email.objects.filter(subject="Til allra", body="Hæ").exists())
        self.assertFalse(Email.objects.filter(subject="Til eins").exists())

    def test_so_is_who_was_deleted_before(self):
        self.comrade.delete()
        self.cloud.reconcile()
        erase(KENNITALA, self.user)
        self.cloud.reconcile()
        self.assert_forgotten()
        self.assertNotIn(KENNITALA, self.cloud.documents)

    def test_and_who_was_deleted_before_anything_was_synced(self):
        """Only the letter that was sent to them alone, and the admin's log, remember them."""
        Email.objects.filter(subject="Fundur").delete()
        Email.objects.update(sent_at=timezone.now())
        Shadow.objects.all().delete()
        MemberSyncQueue.objects.all().delete()
        self.comrade.delete()
        Intent.objects.all().delete()
        with mock.patch("sys.stdin", io.StringIO(KENNITALA + "\n")):
            call_command("erase_member", user=self.user.username, yes=True, stdout=io.StringIO())
        self.assert_forgotten()

    def test_what_another_member_has_in_common_stays(self):
        Comrade.objects.filter(ssn=OTHER).update(name=VALUES["name"] + " yngri")
        letter = Email.objects.create(subject="Afmæli", body=VALUES["name"] + " yngri á afmæli")
        letter.recipients.set(Comrade.objects.filter(ssn=OTHER))
        erase(KENNITALA, self.user)
        letter.refresh_from_db()
        self.assertEqual(letter.body, VALUES["name"] + " yngri á afmæli")
        self.assertEqual(Comrade.objects.get().ssn, OTHER)

    def test_a_copy_that_is_left_in_the_cloud_goes_too(self):
        """Although nobody was a member any more when the person was erased."""
        Comrade.objects.filter(ssn=KENNITALA).delete()
        erase(KENNITALA, get_user_model().objects.get())
        self.assertIn(KENNITALA, self.cloud.documents)
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)

    def test_a_register_that_is_restored_forgets_them_again(self):
        """Every table is as it was before the erasure; only the list of erased keys is not."""
        back_up()
        erase_wholly(self.cloud, KENNITALA, self.user)
        self.assertEqual(found([KENNITALA]), [])
        restore()
        self.assertTrue(found(VALUES.values()))
        self.cloud.reconcile()
        self.assert_forgotten()
        forget_wholly(self.cloud)
        self.assertEqual(found([KENNITALA]), [])

    def test_and_whoever_only_the_records_of_a_restored_register_name(self):
        """The person had been deleted when the backup was made."""
        self.comrade.delete()
        self.cloud.reconcile()
        back_up()
        erase_wholly(self.cloud, KENNITALA, self.user)
        restore()
        self.assertTrue(found(VALUES.values()))
        self.cloud.reconcile(*comparison.named_by_records("", 10)["kennitalas"])
        self.assert_forgotten()
        forget_wholly(self.cloud)
        self.assertEqual(found([KENNITALA]), [])
