"""A corrected kennitala is one operation: what the register notes, and what the cloud is told to do."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import TestCase
from django.utils import timezone
from membership.models import Comrade
from membership.tests.members import make_member
from merge_engine.moves import NEVER

from sync import records
from sync.apply import apply
from sync.erasure import erase
from sync.models import Conflict, MemberSyncQueue, Move, Shadow
from sync.tests.cloud import Cloud, acknowledge_write, present, unsynced
from sync.wire import presented

OLD, NEW, THIRD = "0101702989", "0101702990", "0101703000"


def correct(old, new):
    """Staff correct a kennitala, by whatever way: the trigger sees it."""
    Comrade.objects.filter(ssn=old).update(ssn=new)


class MovesCase(TestCase):
    """A member whom both sides hold with the number OLD."""

    def setUp(self):
        self.cloud = Cloud()
        make_member(OLD, name="Jón")
        self.cloud.reconcile(OLD)
        self.cloud.documents[OLD]["values"]["verified"] = True

    def settle(self, *kennitalas):
        """Rounds of the cloud, until everybody is clean."""
        for _ in range(4):
            answers = self.cloud.reconcile(*kennitalas)
        self.assertEqual({answer["outcome"] for answer in answers.values()}, {"clean"})
        for kennitala in kennitalas:
            self.assertFalse(unsynced(kennitala).exists())

    def open(self):
        """The open moves."""
        return dict(Move.objects.filter(is_open=True).values_list("old_ssn", "new_ssn"))


class CorrectionTests(MovesCase):
    """One member, one number after the other."""

    def test_both_numbers_are_dirty_and_no_earlier_code_touches_them(self):
        correct(OLD, NEW)
        self.assertEqual(self.open(), {OLD: NEW})
        self.assertEqual(set(Shadow.objects.values_list("read_time", flat=True)), {NEVER})
        self.assertEqual(unsynced(OLD).count() + unsynced(NEW).count(), 2)

    def test_they_are_merged_only_together(self):
        correct(OLD, NEW)
        for alone, other in ((OLD, NEW), (NEW, OLD)):
            answer = present(self.cloud.read(alone))[alone]
            self.assertEqual((answer["outcome"], answer["together"]), ("together", [other]))
        self.assertEqual(Comrade.objects.count(), 1)

    def test_the_new_document_takes_over_the_old_one_with_an_edit_under_way(self):
        correct(OLD, NEW)
        self.cloud.edit("profile.email", "nytt@example.is", OLD)
        self.settle(OLD, NEW)
        self.assertEqual(list(self.cloud.documents), [NEW])
        self.assertEqual(self.cloud.get("profile.email", NEW), "nytt@example.is")
        self.assertIs(self.cloud.documents[NEW]["values"]["verified"], True)
        self.assertEqual(Comrade.objects.get().contact_info.email, "nytt@example.is")
        self.assertEqual(self.open(), {})
        self.assertFalse(Conflict.objects.exists())

    def test_a_crash_after_the_write_converges(self):
        correct(OLD, NEW)
        answer = present(self.cloud.read(OLD, NEW))[NEW]
        self.assertIsNotNone(self.cloud.commit(NEW, answer["write"]))
        self.cloud.edit("name", "Jón Nýi", NEW)
        self.settle(OLD, NEW)
        self.assertEqual(Comrade.objects.get().name, "Jón Nýi")
        self.assertFalse(Conflict.objects.exists())

    def test_a_replay_finds_nothing_to_do(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        writes = self.cloud.writes
        self.settle(OLD, NEW)
        self.assertEqual(self.cloud.writes, writes)

    def test_a_chain_leads_to_the_last_number(self):
        correct(OLD, NEW)
        correct(NEW, THIRD)
        self.assertEqual(self.open(), {OLD: THIRD, NEW: THIRD})
        self.settle(OLD, NEW, THIRD)
        self.assertEqual(list(self.cloud.documents), [THIRD])

    def test_an_undone_correction_leaves_everything_as_it_was(self):
        correct(OLD, NEW)
        correct(NEW, OLD)
        self.assertEqual(self.open(), {NEW: OLD})
        self.settle(OLD, NEW)
        self.assertEqual(list(self.cloud.documents), [OLD])
        self.assertEqual(self.open(), {})

    def test_a_correction_that_is_undone_after_it_arrived_comes_back(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        correct(NEW, OLD)
        self.settle(OLD, NEW)
        self.assertEqual(list(self.cloud.documents), [OLD])
        self.assertIs(self.cloud.documents[OLD]["values"]["verified"], True)

    def test_an_old_document_that_appears_later_is_taken_over(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        self.cloud.put({"kennitala": OLD, "name": "Jón", "membership": {"status": "active"}}, OLD)
        self.settle(OLD, NEW)
        self.assertEqual(list(self.cloud.documents), [NEW])
        self.assertEqual(Comrade.objects.count(), 1)

    def test_somebody_else_may_get_the_old_number_at_once(self):
        correct(OLD, NEW)
        make_member(OLD, name="Anna")
        self.settle(OLD, NEW)
        names = {kennitala: self.cloud.get("name", kennitala) for kennitala in (OLD, NEW)}
        self.assertEqual(names, {OLD: "Anna", NEW: "Jón"})
        self.assertNotIn("verified", self.cloud.documents[OLD]["values"])
        self.assertFalse(Move.objects.exists())

    def test_a_number_that_is_given_again_leads_nowhere(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        make_member(OLD, name="Anna")
        Comrade.objects.filter(ssn=OLD).delete()
        self.settle(OLD, NEW)
        self.assertFalse(Move.objects.filter(old_ssn=OLD).exists())

    def test_who_is_deleted_at_the_new_number_is_gone_at_the_old_one(self):
        correct(OLD, NEW)
        Comrade.objects.all().delete()
        self.settle(OLD, NEW)
        self.assertEqual(self.cloud.documents, {})
        self.assertFalse(Comrade.objects.exists())

    def test_who_is_erased_is_gone_at_every_number(self):
        correct(OLD, NEW)
        erase(NEW, get_user_model().objects.create(username="clerk"))
        self.settle(OLD, NEW)
        self.assertEqual(self.cloud.documents, {})
        self.assertFalse(Shadow.objects.exclude(base=None, tombstone=None).exists())
        self.assertFalse(Move.objects.exists())

    def test_so_is_who_was_erased_once_the_correction_had_arrived(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        erase(NEW, get_user_model().objects.create(username="clerk"))
        self.settle(NEW)
        self.settle(OLD)
        self.assertFalse(Shadow.objects.exclude(base=None, tombstone=None).exists())
        self.assertFalse(Move.objects.exists())

    def test_long_after_nothing_is_known_of_the_old_number(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        Move.objects.update(moved_at=timezone.now() - timedelta(days=401))
        records.forget_old()
        self.assertFalse(Move.objects.exists())
        self.assertIsNone(Shadow.objects.get(ssn=OLD).tombstone)

    def test_a_correction_is_no_deletion_to_the_guard(self):
        correct(OLD, NEW)
        self.settle(OLD, NEW)
        self.assertEqual(MemberSyncQueue.objects.exclude(sync_status="synced").count(), 0)
        self.assertFalse(Shadow.objects.filter(held__isnull=False).exists())

    def test_a_cloud_that_knows_of_no_moves_waits(self):
        correct(OLD, NEW)
        body = self.cloud.read(OLD, NEW)
        del body["moves"]
        answers = present(body)
        self.assertEqual({answer["outcome"] for answer in answers.values()}, {"error"})
        self.assertEqual({answer["error"]["code"] for answer in answers.values()}, {"versions_differ"})
        self.assertFalse(answers[OLD]["error"]["permanent"])

    def test_a_dry_run_says_what_becomes_of_both(self):
        correct(OLD, NEW)
        members, read_time, _, carried = presented(self.cloud.read(OLD, NEW))
        answers = apply(members, read_time, True, carried)
        self.assertEqual(answers[OLD]["changes"]["firestore"][0]["after"], False)
        self.assertEqual(answers[NEW]["outcome"], "write")
        self.assertEqual(self.open(), {OLD: NEW})

    def test_a_late_acknowledgement_at_the_old_number_is_taken(self):
        Comrade.objects.update(name="Jón Annar")
        write = present(self.cloud.read(OLD))[OLD]["write"]
        landed = self.cloud.commit(OLD, write)
        correct(OLD, NEW)
        acknowledge_write(OLD, write, landed)
        self.cloud.edit("name", "Jón Þriðji", OLD)
        self.settle(OLD, NEW)
        self.assertEqual(Comrade.objects.get().name, "Jón Þriðji")
        self.assertFalse(Conflict.objects.exists())


class UnitedTests(MovesCase):
    """Two entries of one person: the gone one's number leads to the kept one."""

    def setUp(self):
        super().setUp()
        make_member(NEW, name="Jón Jónsson")
        self.cloud.reconcile(NEW)

    def unite(self):
        """As staff do, and no value of the gone entry was chosen."""
        Comrade.objects.filter(ssn=OLD).delete()
        with connection.cursor() as cursor:
            cursor.execute("SELECT sync_note_move(%s, %s)", [OLD, NEW])

    def test_one_entry_is_left_with_what_firestore_alone_held(self):
        self.unite()
        self.settle(OLD, NEW)
        self.assertEqual(list(self.cloud.documents), [NEW])
        self.assertIs(self.cloud.documents[NEW]["values"]["verified"], True)
        self.assertEqual(Comrade.objects.get().name, "Jón Jónsson")

    def test_an_edit_under_way_at_the_gone_entry_lands_on_the_kept_one(self):
        self.cloud.edit("profile.email", "nytt@example.is", OLD)
        self.unite()
        self.settle(OLD, NEW)
        self.assertEqual(Comrade.objects.get().contact_info.email, "nytt@example.is")
        self.assertEqual(self.cloud.get("profile.email", NEW), "nytt@example.is")

    def test_an_edit_of_both_entries_leaves_one_in_the_conflict_log(self):
        self.cloud.edit("profile.email", "old@example.is", OLD)
        self.cloud.edit("profile.email", "new@example.is", NEW)
        self.unite()
        self.settle(OLD, NEW)
        self.assertEqual(self.cloud.get("profile.email", NEW), "new@example.is")
        lost = Conflict.objects.get(field="profile.email")
        self.assertEqual((lost.ssn, lost.firestore_value), (NEW, "old@example.is"))
