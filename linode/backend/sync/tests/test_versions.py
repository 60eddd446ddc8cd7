"""Halves of different releases: what each call says, and what becomes of a field that one half lacks."""

from membership.models import ContactInfo
from membership.tests.members import KENNITALA, make_member
from merge_engine.field_map import FIELDS
from merge_engine.shared_fields import BEFORE, HERE, TOLD, shared

from sync import status
from sync.models import Shadow
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud

PHONE = "profile.phone"
OLDER = "1 {} {}".format("0" * 64, ",".join(sorted(BEFORE - {"profile.phone=phone"})))
HEADER = "HTTP_EKKLESIA_FIELD_MAP"


class VersionTests(ApiTestCase):
    """Each call of the cloud carries its field map, or is from before that."""

    def call(self, path, body, told):
        return self.client.post("/felagar/api/sync/" + path, body, format="json", **{HEADER: told})

    def test_every_answer_says_what_this_half_knows(self):
        for path, body in (("changes/", {"worker": "w"}), ("hashes/", {}), ("apply/", {}), ("held/", {})):
            self.assertEqual(self.raw(path, body)["Ekklesia-Field-Map"], TOLD, path)
        self.assertEqual(self.raw("changes/")["Ekklesia-Field-Map"], TOLD)

    def test_whoever_says_nothing_knows_the_fields_of_before(self):
        self.assertEqual(shared(None).fields, FIELDS)
        self.assertEqual(shared(TOLD).apart, frozenset())

    def test_a_field_that_the_cloud_does_not_know_is_not_nulled(self):
        member = make_member()
        ContactInfo.objects.update_or_create(comrade=member, defaults={"phone": "5551234"})
        cloud = Cloud()
        cloud.reconcile()
        cloud.edit("name", "Nýtt Nafn")
        body = cloud.read()
        del body["documents"][0]["document"]["profile"]["phone"]
        answer = self.call("apply/", body, OLDER).json()["results"][KENNITALA]
        member.refresh_from_db()
        self.assertEqual((member.name, member.contact_info.phone), ("Nýtt Nafn", "5551234"))
        self.assertEqual(Shadow.objects.get().base[PHONE], "5551234")
        self.assertEqual(answer["outcome"], "clean")
        page = self.call("hashes/", {}, OLDER).json()
        self.assertNotIn(PHONE, page["fields"])

    def test_the_status_names_what_rests_until_both_are_alike(self):
        self.assertTrue(status.summary()["field_maps"]["alike"])
        self.call("changes/", {"worker": "w"}, OLDER)
        found = status.summary()["field_maps"]
        self.assertEqual((found["alike"], found["resting"]), (False, [PHONE]))
        self.call("changes/", {"worker": "w"}, TOLD)
        found = status.summary()["field_maps"]
        self.assertEqual((found["alike"], found["resting"]), (True, []))

    def test_what_cannot_be_understood_is_tried_again(self):
        no_name = TOLD.replace("name=text,", "")
        for told in ("2 x", "1 {} name".format(HERE), no_name, TOLD + "," + "a" * 9000 + "=text"):
            answer = self.call("changes/", {"worker": "w"}, told)
            self.assertEqual(answer.status_code, 503, told[:40])
        answer = self.call("apply/", dict(Cloud().read(), version=2), TOLD)
        self.assertEqual(answer.status_code, 503)
