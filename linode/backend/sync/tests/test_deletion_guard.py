"""Deletions that are held, so that an emptied or half-loaded store costs no members."""

import itertools
from datetime import timedelta

from django.contrib.auth import get_user_model
from django.test import TestCase
from django.utils import timezone
from membership.models import Comrade
from membership.tests.members import make_member
from merge_engine import deletion_guard
from merge_engine.after_restore import Restored
from merge_engine.deletion_guard import AT_LEAST
from merge_engine.verdict import CLEAN, HELD, WRITE
from merge_engine.word import Word

from sync import held, register, status, wire
from sync.apply import apply
from sync.erasure import erase
from sync.models import MemberSyncQueue, Shadow
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

    def release(self, shown, kennitalas=MEMBERS):
        """The outcomes if what was shown of these members is released."""
        presented, read_time, dry_run, carried = wire.presented(self.cloud.read(*kennitalas))
        answers = apply(presented, read_time, dry_run, carried, Word(shown))
        return [answers[kennitala]["outcome"] for kennitala in kennitalas]

    def shown(self):
        return {member["kennitala"]: member["fingerprint"] for member in held.page("", 1000)["members"]}

    def test_what_a_person_releases_is_carried_out(self):
        self.forget(MEMBERS)
        self.outcomes()
        self.assertEqual(set(self.release(self.shown())), {CLEAN})
        self.assertFalse(Comrade.objects.exists())
        self.assertEqual(status.summary()["held"], 0)

    def test_no_order_to_apply_allows_deletions(self):
        self.forget(MEMBERS)
        self.assertEqual(self.outcomes(allow_deletions=True, released=dict.fromkeys(MEMBERS, "")), {HELD})
        self.assertEqual(Comrade.objects.count(), len(MEMBERS))

    def test_a_release_is_for_those_who_were_shown(self):
        self.forget(MEMBERS[:20])
        self.outcomes()
        shown = self.shown()
        self.forget(MEMBERS)
        self.assertEqual(self.release(shown), [CLEAN] * 20 + [HELD] * 10)

    def test_a_release_is_for_what_was_shown(self):
        self.forget(MEMBERS)
        self.outcomes()
        shown = self.shown()
        Comrade.objects.filter(ssn=MEMBERS[0]).update(name="Nýtt Nafn")
        outcomes = self.release(dict(shown, **{MEMBERS[1]: shown[MEMBERS[2]]}))
        self.assertEqual(outcomes, [WRITE, HELD] + [CLEAN] * 28)

    def test_a_retried_failure_hides_nobody_who_is_held(self):
        """On 49 of 49 another transaction wrote its own message over the one that counted them."""
        self.forget(MEMBERS)
        self.outcomes()
        MemberSyncQueue.objects.update(error_message="the database was busy")
        self.assertEqual(status.summary()["held"], len(MEMBERS))
        self.assertEqual(self.outcomes(MEMBERS[:1]), {HELD})

    def test_the_page_names_who_is_held_and_where_they_would_be_deleted(self):
        Comrade.objects.filter(ssn=MEMBERS[0]).delete()
        Comrade.objects.filter(ssn__in=MEMBERS[15:]).delete()
        self.forget(MEMBERS[1:15])
        self.outcomes()
        first = held.page("", 2)
        self.assertEqual([member["where"] for member in first["members"]], ["firestore", "django"])
        self.assertEqual({member["name"] for member in first["members"]}, {"Jón Jónsson"})
        self.assertEqual(first["next"], MEMBERS[1])
        self.assertEqual(len(held.page(first["next"], 1000)["members"]), len(MEMBERS) - 2)

    def test_a_few_are_carried_out_and_one_by_one_there_are_no_more_of_them(self):
        for kennitala in MEMBERS:
            Comrade.objects.filter(ssn=kennitala).delete()
            self.cloud.reconcile(kennitala)
        self.assertEqual(len(self.cloud.documents), len(MEMBERS) - AT_LEAST)

    def test_a_single_one_that_comes_from_firestore_waits(self):
        self.forget(MEMBERS[:1])
        self.assertEqual(self.outcomes(MEMBERS[:1]), {HELD})
        self.assertEqual(set(self.release(self.shown(), MEMBERS[:1])), {CLEAN})
        self.assertEqual(Comrade.objects.count(), len(MEMBERS) - 1)

    def test_those_of_another_day_do_not_count_but_another_day_releases_nobody(self):
        Comrade.objects.filter(ssn__in=MEMBERS[:AT_LEAST]).delete()
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(len(self.cloud.documents), len(MEMBERS) - AT_LEAST)
        Comrade.objects.filter(ssn__in=MEMBERS[AT_LEAST : 2 * AT_LEAST]).delete()
        self.assertEqual(self.outcomes(MEMBERS[AT_LEAST : 2 * AT_LEAST]), {HELD})
        self.cloud.clock = itertools.count(A_DAY_LATER)
        MemberSyncQueue.objects.update(created_at=timezone.now() - timedelta(days=2))
        self.assertEqual(self.outcomes(MEMBERS[AT_LEAST : 2 * AT_LEAST]), {HELD})
        Shadow.objects.update(held=None)
        self.assertEqual(self.outcomes(MEMBERS[AT_LEAST : 2 * AT_LEAST]), {WRITE})

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
            erase(comrade.ssn, user)
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(self.cloud.documents, {})

    def test_a_dry_run_says_what_would_be_held(self):
        self.forget(MEMBERS)
        body = dict(self.cloud.read(*MEMBERS), dry_run=True)
        reasons = {answer["error"]["message"] for answer in present(body).values()}
        self.assertEqual(reasons, {deletion_guard.MESSAGE})
        self.assertEqual(status.summary()["held"], 0)

    def test_who_vanished_is_deleted_nowhere_and_comes_back_from_there(self):
        with register.applying():
            Comrade.objects.filter(ssn=MEMBERS[0]).delete()
        self.assertEqual(self.outcomes(MEMBERS[:1]), {HELD})
        number = self.cloud.get("membership.djangoId", MEMBERS[0])
        body = dict(self.cloud.read(MEMBERS[0]))
        word = Word(restored=Restored("register"))
        apply(*wire.presented(body), word=word)
        self.assertEqual(Comrade.objects.get(ssn=MEMBERS[0]).pk, number)

    def test_a_register_that_is_being_loaded_again_deletes_nobody(self):
        """All are gone in one transaction, most are back in the next, and only then does the sync look."""
        Comrade.objects.all().delete()
        MemberSyncQueue.objects.update(created_at=timezone.now() - timedelta(minutes=1))
        for kennitala in MEMBERS[:-AT_LEAST]:
            make_member(kennitala)
        self.cloud.reconcile(*MEMBERS)
        self.assertEqual(sorted(self.cloud.documents), MEMBERS)
        self.assertEqual(status.summary()["held"], AT_LEAST)
