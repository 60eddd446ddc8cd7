"""The defects of the previous sync that concern Django, each by its number."""

from django.test import TestCase
from membership.models import Comrade, ContactInfo, SimpleAddress
from membership.tests.members import KENNITALA, make_member
from merge_engine.documents import flatten
from merge_engine.field_map import FIELDS

from sync.models import MemberSyncQueue
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud, unsynced


class DefectTests(ApiTestCase):
    """Numbers as in the list of the old system's defects (docs). 5 is in membership/tests/test_admin.py."""

    def test_defect_01_results_are_paired_by_kennitala_and_operation_not_by_position(self):
        kennitalas = ["0101701230", "0101701231", "0101701232"]
        for kennitala in kennitalas:
            make_member(kennitala)
        results = self.sync("apply/", Cloud().read(*kennitalas))["results"]
        self.assertEqual(set(results), set(kennitalas))
        write = results[kennitalas[2]]["write"]
        landed = {"kennitala": kennitalas[2], "operation": write["operation"], "rev": write["rev"]}
        foreign = dict(landed, kennitala=kennitalas[0])
        answer = self.sync("mark-synced/", {"version": 1, "acknowledgements": [landed, foreign]})
        self.assertEqual(answer["results"], {kennitalas[2]: "acknowledged", kennitalas[0]: "dead_intent"})
        self.assertFalse(unsynced(kennitalas[2]).exists())
        self.assertTrue(unsynced(kennitalas[0]).exists())

    def test_defect_02_since_hides_no_pending_row(self):
        make_member()
        self.assertEqual(len(self.sync("changes/?since=2099-01-01T00:00:00Z")["changes"]), 1)

    def test_defect_03_one_failure_fails_no_other_row_and_is_retried(self):
        make_member()
        make_member("0202802229")
        failure = {"kennitala": KENNITALA, "message": "time-out", "permanent": False}
        self.sync("mark-synced/", {"version": 1, "failures": [failure]})
        self.assertFalse(MemberSyncQueue.objects.filter(sync_status="failed").exists())
        self.assertEqual(unsynced("0202802229").get().retry_count, 0)

    def test_defect_04_applying_a_change_queues_no_echo(self):
        cloud = Cloud()
        make_member()
        cloud.reconcile()
        MemberSyncQueue.objects.all().delete()
        cloud.edit("profile.email", "new@example.is")
        cloud.edit("profile.address.city", "Akureyri")
        cloud.reconcile()
        self.assertEqual(ContactInfo.objects.get().email, "new@example.is")
        self.assertFalse(MemberSyncQueue.objects.exists())

    def test_defect_06_email_phone_and_address_are_queued(self):
        comrade = make_member()
        SimpleAddress.objects.create(
            comrade=comrade, street_address="Gata 1", postal_code="101", city="Reykjavík"
        )
        changed = set(unsynced().get().fields_changed)
        self.assertLessEqual({"email", "phone", "street_address", "postal_code", "city"}, changed)

    def test_defect_07_dates_and_names_of_enumerations_cross_on_every_python(self):
        cloud = Cloud()
        make_member()
        cloud.reconcile()
        cloud.edit("profile.gender", "female")
        cloud.edit("profile.housingSituation", "cooperative")
        cloud.edit("profile.birthday", "1970-01-01")
        cloud.reconcile()
        comrade = Comrade.objects.get()
        self.assertEqual((comrade.gender, comrade.housing_situation), (2, 3))
        self.assertEqual(comrade.birthday.isoformat(), "1970-01-01")

    def test_defect_10_many_members_travel_in_one_request(self):
        kennitalas = ["%010d" % (1000000000 + number) for number in range(500)]
        body = Cloud().read(*kennitalas)
        self.assertEqual(len(self.sync("apply/", body)["results"]), 500)

    def test_defect_11_a_call_that_fails_does_not_answer_200(self):
        answer = self.raw("apply/", {"version": 1})
        self.assertEqual(answer.status_code, 400)


class ShapeTests(TestCase):
    """Every document has one shape, whichever side made it."""

    def test_defect_13_full_and_incremental_sync_write_the_same_shape(self):
        cloud = Cloud()
        make_member()
        first = cloud.reconcile()[KENNITALA]["write"]["document"]
        Comrade.objects.update(name="Jón B")
        second = cloud.reconcile()[KENNITALA]["write"]["document"]
        self.assertEqual(dict(first, name=None), dict(second, name=None))
        self.assertEqual(set(flatten(first)), {field.path for field in FIELDS})
