"""A document that shows that a store was set back, though the epoch does not: nothing is merged any more."""

import copy

from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member

from sync import epochs, status
from sync.models import Intent, Shadow
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud

OTHER = "0202701239"
CORRECTED = "0101701242"
EMAIL = "profile.email"
YESTERDAY, TODAY = "2023-11-14T00:00:00Z", "2023-11-14T12:00:00Z"


class SetBackTests(ApiTestCase):
    """Two members whom both sides hold alike at first."""

    def setUp(self):
        super().setUp()
        self.cloud = Cloud()
        for kennitala in (KENNITALA, OTHER):
            make_member(kennitala)
            self.cloud.reconcile(kennitala)
        self.export = copy.deepcopy(self.cloud.documents[KENNITALA])

    def present(self, *kennitalas, **edited):
        """Present the documents; `edited`: their `updatedAt`."""
        body = self.cloud.read(*kennitalas)
        body["documents"] = [dict(document, **edited) for document in body["documents"]]
        return self.raw("apply/", body)

    def import_it(self):
        """The document is as it was exported, and has a new update time."""
        self.cloud.put(None)
        self.cloud.documents[KENNITALA].update(self.export, update_time=self.cloud.read()["read_time"])

    def rename(self, name, kennitala=KENNITALA):
        Comrade.objects.filter(ssn=kennitala).update(name=name)
        self.cloud.reconcile(kennitala)

    def assert_stopped(self, answer, which):
        self.assertEqual(answer.status_code, 409)
        self.assertEqual(answer.json()["set_back"]["which"], which)
        self.assertIn("010170-****", status.summary()["stopped"])
        self.assertIn("--after-restore", status.summary()["stopped"])

    def test_an_earlier_mark_stops_the_sync_until_a_person_decides(self):
        self.rename("Nýtt Nafn")
        self.import_it()
        self.rename("Annað Nafn", OTHER)
        self.assert_stopped(self.present(KENNITALA, OTHER), "firestore")
        self.assertEqual(Comrade.objects.get(ssn=KENNITALA).name, "Nýtt Nafn")
        # Another member's document shows nothing, but the stop stays.
        body = dict(self.cloud.read(OTHER), epoch=None)
        self.assertEqual(self.raw("apply/", body).status_code, 409)

    def test_a_document_at_an_old_number_stops_the_sync_too(self):
        """Firestore was set back to before the number was corrected."""
        self.rename("Nýtt Nafn")
        Comrade.objects.filter(ssn=KENNITALA).update(ssn=CORRECTED)
        for _ in range(4):
            self.cloud.reconcile(KENNITALA, CORRECTED)
        self.import_it()
        self.assert_stopped(self.present(KENNITALA, CORRECTED, OTHER), "firestore")
        self.assertEqual(Comrade.objects.get(ssn=CORRECTED).name, "Nýtt Nafn")

    def test_an_earlier_time_stops_the_sync(self):
        self.cloud.edit(EMAIL, "new@example.is")
        self.assertEqual(self.present(edited=TODAY).status_code, 200)
        self.import_it()
        self.assert_stopped(self.present(edited=YESTERDAY), "firestore")

    def test_an_edit_in_the_console_shows_nothing(self):
        """It leaves `updatedAt` and the mark as they were."""
        self.assertEqual(self.present(edited=YESTERDAY).status_code, 200)
        self.cloud.edit(EMAIL, "new@example.is")
        self.assertEqual(self.present(edited=YESTERDAY).status_code, 200)
        self.assertIsNone(status.summary()["stopped"])

    def test_a_document_that_somebody_put_there_shows_nothing(self):
        self.rename("Nýtt Nafn")
        self.cloud.put({"kennitala": KENNITALA, "name": "Enn Annað", "profile": {EMAIL: "x@example.is"}})
        self.assertEqual(self.present().status_code, 200)

    def test_a_mark_that_was_never_given_stops_the_sync(self):
        before = Shadow.objects.filter(ssn=KENNITALA).values().get()
        self.rename("Nýtt Nafn")
        Shadow.objects.filter(ssn=KENNITALA).update(**before)
        Intent.objects.filter(ssn=KENNITALA).exclude(operation=before["mark"]["operation"]).delete()
        Comrade.objects.filter(ssn=KENNITALA).update(name="Jón Jónsson")
        self.assert_stopped(self.present(), "register")

    def test_a_dry_run_tells_it_of_the_member_and_remembers_nothing(self):
        self.rename("Nýtt Nafn")
        self.import_it()
        results = self.sync("apply/", dict(self.cloud.read(KENNITALA, OTHER), dry_run=True))["results"]
        self.assertEqual(results[KENNITALA]["error"]["code"], "set_back")
        self.assertEqual(results[OTHER]["outcome"], "clean")
        self.assertIsNone(epochs.read().stopped)

    def test_what_an_earlier_release_did_not_note_shows_nothing(self):
        self.rename("Nýtt Nafn")
        self.import_it()
        Shadow.objects.update(mark=None)
        self.assertEqual(self.present().status_code, 200)

    def test_intents_that_are_forgotten_show_nothing(self):
        """They are kept for a month; the document of a member whom nobody edits is older."""
        Intent.objects.all().delete()
        self.assertEqual(self.present(KENNITALA, OTHER).status_code, 200)
