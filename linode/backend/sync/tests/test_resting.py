"""One bad value stops one field of one member, whichever side holds it."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase
from django.utils import timezone
from membership.models import Comrade, ContactInfo
from membership.tests.browser import submitted
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase

from sync import outbox
from sync.erasure import erase
from sync.joining_again import let_in
from sync.models import Conflict, MemberSyncQueue, Shadow
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud, unsynced

ONLY_POSTGRESQL = ("10000-01-01", "19700-01-01", "0044-03-15 BC", "infinity")


def write_birthday(text, kennitala=KENNITALA):
    """A day that only PostgreSQL can hold, by SQL."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE membership_comrade SET birthday = %s::date WHERE ssn = %s", [text, kennitala])


class RestingTests(TestCase):
    """A member whom both sides hold alike at first."""

    def setUp(self):
        self.cloud = Cloud()
        self.comrade = make_member(birthday="1970-01-01")
        self.cloud.reconcile()

    def resting(self):
        return Shadow.objects.get(ssn=KENNITALA).resting

    def test_what_staff_own_travels_past_a_bad_document(self):
        for address in ("Dæmigata 1", "x" * 900, ["Dæmigata 1"], 5):
            self.cloud.edit("profile.address", address)
            Comrade.objects.update(status="left")
            self.cloud.reconcile()
            self.assertEqual(self.cloud.get("membership.status"), "left")
            self.assertIn("profile.address is not a map", self.resting().values())
            self.assertFalse(unsynced().exists())
            Comrade.objects.update(status="active")

    def test_a_member_with_a_bad_value_can_be_deleted(self):
        self.cloud.edit("profile.phone", "símanúmer")
        self.cloud.reconcile()
        Comrade.objects.all().delete()
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertEqual(Conflict.objects.get(field="profile.phone").firestore_value, "símanúmer")

    def test_days_that_only_postgresql_holds(self):
        for text in ONLY_POSTGRESQL:
            write_birthday(text)
            Comrade.objects.update(status="left")
            self.cloud.reconcile()
            self.assertEqual(list(self.resting()), ["profile.birthday"], text)
            self.assertEqual(self.cloud.get("membership.status"), "left")
            self.assertEqual(self.cloud.get("profile.birthday"), "1970-01-01")
            Comrade.objects.update(status="active")

    def test_an_instant_that_only_postgresql_holds(self):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE membership_comrade SET date_joined = '10000-01-01Z'")
        self.cloud.edit("profile.email", "new@example.is")
        self.cloud.reconcile()
        self.assertEqual(ContactInfo.objects.get().email, "new@example.is")
        self.assertEqual(list(self.resting()), ["membership.joined"])

    def test_an_edit_goes_over_what_no_field_takes(self):
        self.cloud.edit("profile.phone", "símanúmer")
        self.cloud.reconcile()
        ContactInfo.objects.update(phone="5550000")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("profile.phone"), "5550000")
        self.assertIsNone(self.resting())
        write_birthday("10000-01-01")
        self.cloud.edit("profile.birthday", "1971-02-03")
        self.cloud.reconcile()
        self.assertEqual(Comrade.objects.get().birthday.isoformat(), "1971-02-03")

    def test_a_wrong_value_in_a_field_of_djangos_is_written_over(self):
        self.cloud.edit("membership", ["active"])
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("membership.status"), "active")
        self.assertIsNone(self.resting())

    def test_a_value_that_json_columns_refuse_is_kept_in_a_form_that_they_take(self):
        self.cloud.edit("membership.status", "left\x00")
        self.cloud.reconcile()
        self.assertEqual(Conflict.objects.get().firestore_value, "left\\u0000")

    def test_a_new_row_lacks_only_what_is_bad(self):
        self.cloud.put({"name": "Ný", "profile": {"email": "a@b", "phone": "5550000"}}, "0202802229")
        self.cloud.reconcile("0202802229")
        contact = ContactInfo.objects.get(comrade__ssn="0202802229")
        self.assertEqual((contact.email, contact.phone), ("", "5550000"))
        self.assertEqual(self.cloud.get("profile.email", "0202802229"), "a@b")

    def test_an_erased_value_does_not_rest_in_the_document(self):
        """The person is entered again before the old document is gone, with a bad value in the register."""
        staff = get_user_model().objects.create_user("staff")
        erase(self.comrade.ssn, staff)
        ContactInfo.objects.filter(comrade=make_member()).update(email="a@b")
        self.cloud.reconcile()
        let_in(KENNITALA, staff)
        self.cloud.reconcile()
        self.assertIsNone(self.cloud.get("profile.email"))
        self.assertEqual(ContactInfo.objects.get().email, "a@b")
        self.assertEqual(list(self.resting()), ["profile.email"])

    def test_a_cloud_that_does_not_know_of_it_is_told_nothing(self):
        """Documents from functions of the release before carry no `told`."""
        self.cloud.edit("profile.phone", "símanúmer")
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "clean")


class MalformedKennitalaTests(ApiTestCase):
    """A row that can go nowhere says so, and keeps nobody else from it."""

    def setUp(self):
        super().setUp()
        make_member("010170-12")
        make_member()

    def test_it_is_given_up_with_the_reason(self):
        self.assertEqual([row.ssn for row in outbox.claim("worker", 10, 60)], [KENNITALA])
        row = MemberSyncQueue.objects.get(ssn="010170-12")
        self.assertEqual((row.dead, row.error_message), (True, outbox.NO_KENNITALA))

    def test_the_comparison_goes_past_it(self):
        page = self.sync("hashes/", {"limit": 1})
        self.assertEqual([page["members"][0]["kennitala"], page["next"]], [KENNITALA, KENNITALA])
        self.assertEqual(self.sync("hashes/", {"after": KENNITALA})["members"], [])

    def test_once_it_is_corrected_nothing_is_left(self):
        outbox.claim("worker", 10, 60)
        Comrade.objects.filter(ssn="010170-12").update(ssn="0101701299")
        MemberSyncQueue.objects.update(next_attempt_at=timezone.now() - timedelta(minutes=1))
        outbox.claim("worker", 10, 60)
        self.assertFalse(unsynced("010170-12").exists())


class PageTests(AdminTestCase):
    """What staff see, and can still do."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member()
        self.address = "/admin/membership/comrade/{}/change/".format(self.comrade.pk)

    def test_the_page_says_what_rests(self):
        cloud = Cloud()
        cloud.reconcile()
        cloud.edit("profile.phone", "símanúmer")
        cloud.reconcile()
        self.assertContains(self.client.get(self.address), "profile.phone er ekki símanúmer")
        cloud.edit("profile.phone", "5550000")
        cloud.reconcile()
        self.assertNotContains(self.client.get(self.address), "is not a phone number")

    def test_pages_open_and_save_whatever_a_column_holds(self):
        for text in ONLY_POSTGRESQL:
            write_birthday(text)
            self.assertEqual(self.client.get("/admin/membership/comrade/").status_code, 200)
            self.post(self.address, dict(submitted(self.client.get(self.address)), name="Jón " + text))
            with connection.cursor() as cursor:
                cursor.execute("SELECT name, birthday::text FROM membership_comrade")
                self.assertEqual(cursor.fetchone(), ("Jón " + text, text))

    def test_a_bad_value_that_is_left_alone_stops_no_other(self):
        ContactInfo.objects.update(email="a@b", phone="none")
        data = submitted(self.client.get(self.address))
        self.post(self.address, dict(data, **{"contact_info-0-phone": "555-7777"}))
        contact = ContactInfo.objects.get()
        self.assertEqual((contact.email, contact.phone), ("a@b", "5557777"))
