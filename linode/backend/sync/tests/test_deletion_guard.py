"""Deletions that are held back, so that an emptied or half-loaded store costs no members."""

import itertools

from django.contrib.auth import get_user_model
from django.test import TestCase
from membership.models import Comrade
from membership.tests.members import make_member
from merge_engine import deletion_guard
from merge_engine.deletion_guard import AT_LEAST
from merge_engine.verdict import CLEAN, HELD

from sync import status
from sync.erasure import erase
from sync.models import Shadow
from sync.tests.cloud import Cloud, present

MEMBERS = ["01017012{:02}".format(number) for number in range(30)]
A_DAY_LATER = 2 * 10**11
"""Ticks of the cloud's clock, each a microsecond: more than two days."""


class DeletionGuardTests(TestCase):
    """Thirty members on whom both sides agree."""

    def setUp(self):
        self.cloud = Cloud()
        for kennitala in MEMBERS:
            make_member(kennitala)
        self.cloud.reconcile(*MEMBERS)

    def outcomes(self, kennitalas=MEMBERS, **wanted):
        body = dict(self.cloud.read(*kennitalas), **wanted)
        return {answer["outcome"] for answer in present(body).values()}

    def forget(self, kennitalas):
        for kennitala in kennitalas:
            self.cloud.delete(kennitala)

    def test_an_emptied_firestore_deletes_nobody(self):
        self.forget(MEMBERS)
        self.assertEqual(self.outcomes(), {HELD})
        self.assertEqual(Comrade.objects.count(), len(MEMBERS))
        self.assertEqual(status.summary()["held"], len(MEMBERS))
        self.assertFalse(Shadow.objects.filter(base=None).exists())

    def test_an_emptied_register_deletes_no_document(self):
        Comrade.objects.all().delete()
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(sorted(self.cloud.documents), MEMBERS)
        self.assertEqual(status.summary()["held"], len(MEMBERS))

    def test_the_others_of_a_batch_go_on(self):
        self.forget(MEMBERS[1:])
        self.cloud.edit("profile.email", "new@example.is", MEMBERS[0])
        results = self.cloud.reconcile(*MEMBERS)
        self.assertEqual(results[MEMBERS[0]]["outcome"], CLEAN)
        self.assertEqual(Comrade.objects.get(ssn=MEMBERS[0]).contact_info.email, "new@example.is")

    def test_what_a_person_confirms_is_carried_out(self):
        self.forget(MEMBERS)
        self.outcomes()
        self.assertEqual(self.outcomes(allow_deletions=True), {CLEAN})
        self.assertFalse(Comrade.objects.exists())
        self.assertEqual(status.summary()["held"], 0)

    def test_a_few_are_carried_out_and_one_by_one_there_are_no_more_of_them(self):
        self.forget(MEMBERS)
        for kennitala in MEMBERS:
            self.outcomes([kennitala])
        self.assertEqual(Comrade.objects.count(), len(MEMBERS) - AT_LEAST)

    def test_those_of_another_day_do_not_count(self):
        self.forget(MEMBERS[:AT_LEAST])
        self.assertEqual(self.outcomes(), {CLEAN})
        self.forget(MEMBERS[AT_LEAST : 2 * AT_LEAST])
        self.assertEqual(self.outcomes(MEMBERS[AT_LEAST : 2 * AT_LEAST]), {HELD})
        self.cloud.clock = itertools.count(A_DAY_LATER)
        self.assertEqual(self.outcomes(MEMBERS[AT_LEAST : 2 * AT_LEAST]), {CLEAN})

    def test_who_comes_back_is_no_longer_held(self):
        documents = dict(self.cloud.documents)
        self.forget(MEMBERS)
        self.outcomes()
        self.cloud.documents = documents
        self.assertEqual(self.outcomes(), {CLEAN})
        self.assertEqual(status.summary()["held"], 0)

    def test_an_edit_of_a_held_member_beats_the_deletion(self):
        self.forget(MEMBERS)
        self.outcomes()
        Comrade.objects.filter(ssn=MEMBERS[0]).update(name="Nýtt Nafn")
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(list(self.cloud.documents), [MEMBERS[0]])
        self.assertEqual(status.summary()["held"], len(MEMBERS) - 1)

    def test_an_erasure_is_never_held(self):
        user = get_user_model().objects.create_user("clerk", is_staff=True)
        for comrade in Comrade.objects.all():
            erase(comrade, user)
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(self.cloud.documents, {})

    def test_a_dry_run_says_what_would_be_held(self):
        self.forget(MEMBERS)
        body = dict(self.cloud.read(*MEMBERS), dry_run=True)
        reasons = {answer["error"]["message"] for answer in present(body).values()}
        self.assertEqual(reasons, {deletion_guard.MESSAGE})
        self.assertEqual(status.summary()["held"], 0)
