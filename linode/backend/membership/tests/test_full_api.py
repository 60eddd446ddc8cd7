"""The API of the whole register."""

from api_access.tests.issued import caller
from django.contrib.admin.models import LogEntry
from sync.models import MemberSyncQueue
from sync.tests.api import ApiTestCase

from membership.models import Comrade, ContactInfo, ForeignAddress
from membership.tests.members import KENNITALA, make_member


class FullTests(ApiTestCase):
    """/felagar/api/full/."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member()
        MemberSyncQueue.objects.all().delete()
        self.address = "/felagar/api/full/{}/".format(KENNITALA)

    def patch(self, body, status=200):
        answer = self.staff.patch(self.address, body, format="json", **self.seen(self.address))
        self.assertEqual(answer.status_code, status, answer.content)
        return answer.json()

    def test_detail_by_kennitala_and_by_id(self):
        by_kennitala = self.staff.get(self.address).json()
        by_id = self.staff.get("/felagar/api/full/{}/".format(self.comrade.pk)).json()
        self.assertEqual(by_kennitala, by_id)
        self.assertEqual(by_id["contact_info"]["email"], "jon@example.is")
        self.assertEqual(self.staff.get("/felagar/api/full/0202802229/").status_code, 404)

    def test_patch_changes_only_what_it_names_and_is_logged(self):
        answer = self.patch({"name": "Jón B", "contact_info": {"phone": "5557777"}})
        self.assertEqual((answer["name"], answer["contact_info"]["phone"]), ("Jón B", "5557777"))
        row = MemberSyncQueue.objects.get()
        self.assertEqual(row.fields_changed, {"name": "Jón B", "phone": "5557777"})
        self.assertEqual(row.changed_by, "gudrun")
        entry = LogEntry.objects.get()
        self.assertEqual((entry.user, entry.change_message), (self.user, "API: name, phone"))

    def test_address_is_made_where_there_is_none(self):
        self.patch({"simple_address": {"city": "Akureyri"}})
        self.assertEqual(Comrade.objects.get().simple_address.city, "Akureyri")

    def test_put(self):
        body = self.staff.get(self.address).json()
        body["birthday"] = "1970-01-01"
        answer = self.staff.put(self.address, body, format="json", **self.seen(self.address))
        self.assertEqual(answer.status_code, 200, answer.content)
        self.assertEqual(MemberSyncQueue.objects.get().fields_changed, {"birthday": "1970-01-01"})

    def test_patch_without_a_change_is_quiet(self):
        self.patch({"name": "Jón Jónsson"})
        self.assertFalse(MemberSyncQueue.objects.exists())
        self.assertFalse(LogEntry.objects.exists())

    def test_id_and_kennitala_are_read_only(self):
        answer = self.patch({"id": 7, "ssn": "0202802229"})
        self.assertEqual((answer["id"], answer["ssn"]), (self.comrade.pk, KENNITALA))

    def test_bad_values(self):
        for body in (
            {"birthday": "1970-02-31"},
            {"gender": 9},
            {"status": "dead"},
            {"name": ""},
            {"name": "x" * 256},
            {"name": "J\x00n"},
            {"contact_info": {"email": "x"}},
            {"contact_info": {"email": "a@b..c"}},
            {"contact_info": {"phone": "+354 555123"}},
            {"contact_info": {"phone": "+0123456"}},
            {"name": "\u202enósnóJ"},
            {"birthday": "2999-01-01"},
            {"simple_address": {"city": "a\u200bb"}},
            {"contact_info": 5},
        ):
            self.patch(body, status=400)

    def test_a_phone_number_comes_to_its_one_form(self):
        answer = self.patch({"contact_info": {"phone": "+354 555-7777"}})
        self.assertEqual(answer["contact_info"]["phone"], "5557777")

    def test_nobody_is_created_or_deleted(self):
        self.assertEqual(self.staff.delete(self.address).status_code, 403)
        self.assertEqual(self.staff.post("/felagar/api/full/", {"ssn": "0202802229"}).status_code, 403)

    def test_pages(self):
        Comrade.objects.bulk_create([Comrade(ssn="%010d" % number, name="Nafn") for number in range(600)])
        sizes = {"": 100, "?page_size=500": 500, "?page_size=9999": 500, "?page_size=7": 7}
        for query, size in sizes.items():
            answer = self.staff.get("/felagar/api/full/" + query).json()
            self.assertEqual((len(answer["results"]), answer["count"]), (size, 601))
        self.assertEqual(self.staff.get("/felagar/api/full/?page=99").status_code, 404)

    def test_strangers(self):
        self.assertEqual(caller().get(self.address).status_code, 401)

    def test_a_member_without_details(self):
        ContactInfo.objects.all().delete()
        self.assertEqual(self.staff.get(self.address).status_code, 200)


class ForeignAddressTests(ApiTestCase):
    """/felagar/api/members/<ssn>/foreign-addresses/."""

    def setUp(self):
        super().setUp()
        make_member()
        self.address = "/felagar/api/members/{}/foreign-addresses/".format(KENNITALA)
        self.body = {"street_address": "Gade 1", "postal_code": "1000", "city": "København", "country": "DK"}

    def create(self, **changes):
        answer = self.staff.post(self.address, dict(self.body, **changes), format="json")
        self.assertEqual(answer.status_code, 201, answer.content)
        return answer.json()

    def test_one_is_current_at_most(self):
        first = self.create(current=True)
        second = self.create(current=True)
        current = ForeignAddress.objects.get(current=True)
        self.assertEqual(current.pk, second["id"])
        one = "{}{}/".format(self.address, first["id"])
        self.staff.patch(one, {"current": True}, format="json", **self.seen(one))
        self.assertEqual(ForeignAddress.objects.get(current=True).pk, first["id"])

    def test_life(self):
        created = self.create()
        self.assertEqual(len(self.staff.get(self.address).json()), 1)
        one = "{}{}/".format(self.address, created["id"])
        moved = self.staff.patch(one, {"city": "Aarhus"}, format="json", **self.seen(one))
        self.assertEqual(moved.json()["city"], "Aarhus")
        self.assertEqual(self.staff.delete(one, HTTP_IF_MATCH=moved["ETag"]).status_code, 204)
        self.assertEqual(LogEntry.objects.count(), 3)

    def test_bad_country_and_unknown_member(self):
        answer = self.staff.post(self.address, dict(self.body, country="Denmark"), format="json")
        self.assertEqual(answer.status_code, 400)
        self.assertEqual(self.staff.get(self.address.replace(KENNITALA, "0202802229")).status_code, 404)

    def test_address_of_another_member_is_out_of_reach(self):
        created = self.create()
        make_member("0202802229")
        foreign = self.address.replace(KENNITALA, "0202802229") + "{}/".format(created["id"])
        self.assertEqual(self.staff.get(foreign).status_code, 404)
