"""Each guard of the sync, with the schedule that needs it: without the guard, the schedule ends badly."""

from datetime import timedelta
from unittest import mock

from django.test import TestCase
from django.utils import timezone
from membership.models import Comrade, ContactInfo
from membership.tests.members import KENNITALA, make_member
from merge_engine import after_restore
from merge_engine.base import Base

from sync.models import Conflict, Intent, MemberSyncQueue, Shadow
from sync.tests.cloud import Cloud, acknowledge_write, present, unsynced

EMAIL = "profile.email"


class GuardTests(TestCase):
    """A member whom both sides hold alike at first."""

    def setUp(self):
        self.cloud = Cloud()
        self.comrade = make_member()
        self.cloud.reconcile()

    def set_email(self, value):
        ContactInfo.objects.filter(comrade__ssn=KENNITALA).update(email=value)

    def email(self):
        return ContactInfo.objects.get(comrade__ssn=KENNITALA).email

    def rename(self, value):
        Comrade.objects.filter(ssn=KENNITALA).update(name=value)

    def lose_acknowledgement(self):
        """Steps 1 to 3: the write lands, and Django is not told."""
        result = present(self.cloud.read())[KENNITALA]
        self.cloud.commit(KENNITALA, result["write"])
        return result["write"]

    def test_first_sync_leaves_both_sides_alike(self):
        self.assertEqual(self.cloud.get(EMAIL), "jon@example.is")
        self.assertFalse(unsynced().exists())

    def test_edit_travels_to_the_cloud(self):
        self.rename("Jón Sigurðsson")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("name"), "Jón Sigurðsson")
        self.assertFalse(unsynced().exists())

    def test_edit_travels_from_the_cloud_without_echo(self):
        writes = self.cloud.writes
        self.cloud.edit(EMAIL, "new@example.is")
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "clean")
        self.assertEqual(self.email(), "new@example.is")
        self.assertFalse(unsynced().exists())
        self.assertEqual(self.cloud.writes, writes)

    def test_edits_of_different_fields_do_not_conflict(self):
        self.cloud.edit(EMAIL, "new@example.is")
        self.rename("Jón Sigurðsson")
        self.cloud.reconcile()
        self.assertEqual((self.email(), self.cloud.get("name")), ("new@example.is", "Jón Sigurðsson"))
        self.assertFalse(Conflict.objects.exists())

    def test_conflict_follows_the_policy_and_is_logged(self):
        self.cloud.edit(EMAIL, "member@example.is")
        self.set_email("staff@example.is")
        self.cloud.edit("name", "Nafn félaga")
        self.rename("Nafn skrifstofu")
        MemberSyncQueue.objects.update(changed_by="gudrun")
        self.cloud.reconcile()
        self.assertEqual((self.email(), self.cloud.get(EMAIL)), ("member@example.is",) * 2)
        self.assertEqual(self.cloud.get("name"), "Nafn skrifstofu")
        lost = {row.field: row.lost_value for row in Conflict.objects.all()}
        self.assertEqual(lost, {EMAIL: "staff@example.is", "name": "Nafn félaga"})
        losers = dict(Conflict.objects.values_list("field", "lost_by"))
        self.assertEqual(losers, {EMAIL: "gudrun", "name": "the member"})

    def test_stale_read_is_dropped(self):
        old = self.cloud.read()
        self.cloud.edit(EMAIL, "new@example.is")
        self.cloud.reconcile()
        self.assertEqual(present(old)[KENNITALA]["outcome"], "stale")
        self.assertEqual(self.email(), "new@example.is")

    def test_without_the_stale_guard_the_member_would_lose_an_edit(self):
        old = self.cloud.read()
        self.cloud.edit(EMAIL, "new@example.is")
        self.cloud.reconcile()
        Shadow.objects.update(read_time=0)
        present(old)
        self.assertEqual(self.email(), "jon@example.is")

    def test_precondition_keeps_a_late_write_from_overwriting(self):
        self.rename("Jón Sigurðsson")
        write = present(self.cloud.read())[KENNITALA]["write"]
        self.cloud.edit(EMAIL, "new@example.is")
        self.assertIsNone(self.cloud.commit(KENNITALA, write))
        self.cloud.reconcile()
        self.assertEqual(
            (self.cloud.get(EMAIL), self.cloud.get("name")), ("new@example.is", "Jón Sigurðsson")
        )

    def test_base_is_set_to_what_was_read(self):
        """If a worker dies after step 2, the base still is what the member had written."""
        self.cloud.edit(EMAIL, "member@example.is")
        self.rename("Jón Sigurðsson")
        present(self.cloud.read())
        self.set_email("staff-knowing-it@example.is")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get(EMAIL), "staff-knowing-it@example.is")
        self.assertFalse(Conflict.objects.exists())

    def lost_acknowledgement_then_edit(self):
        self.set_email("staff@example.is")
        self.lose_acknowledgement()
        self.cloud.edit(EMAIL, "member-knowing-it@example.is")
        self.cloud.reconcile()

    def test_base_by_operation_after_a_lost_acknowledgement(self):
        self.lost_acknowledgement_then_edit()
        self.assertEqual(self.email(), "member-knowing-it@example.is")
        self.assertFalse(Conflict.objects.exists())

    def test_without_the_base_by_operation_there_is_a_false_conflict(self):
        def shadow_only(presented, known):
            return Base(known.shadow.base, known.shadow.tombstone, known.shadow.erased)

        with mock.patch.object(after_restore, "base_for", shadow_only):
            self.lost_acknowledgement_then_edit()
        self.assertTrue(Conflict.objects.exists())

    def test_tombstone_base_for_a_member_who_comes_back(self):
        self.comrade.delete()
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)
        old = Shadow.objects.get(ssn=KENNITALA)
        self.assertIsNone(old.base)
        self.assertEqual(old.tombstone["name"], "Jón Jónsson")

    def test_dirty_mark_is_cleared_only_up_to_the_revision_written(self):
        self.rename("Jón A")
        write = self.lose_acknowledgement()
        self.rename("Jón B")
        entry = self.cloud.documents[KENNITALA]
        self.assertEqual(acknowledge_write(KENNITALA, write, entry["update_time"]), "still_dirty")
        self.assertTrue(unsynced().exists())
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("name"), "Jón B")
        self.assertFalse(Conflict.objects.exists())

    def test_acknowledgement_of_a_dead_intent_changes_nothing(self):
        self.rename("Jón A")
        write = self.lose_acknowledgement()
        landed = self.cloud.documents[KENNITALA]["update_time"]
        self.cloud.edit("name", "Jón B")
        self.cloud.reconcile()
        before = Shadow.objects.get(ssn=KENNITALA).base
        self.assertEqual(acknowledge_write(KENNITALA, write, landed), "dead_intent")
        self.assertEqual(Shadow.objects.get(ssn=KENNITALA).base, before)

    def test_dirty_until_acknowledged(self):
        """A write for the member's own edit marks the member dirty, although no edit here made a row."""
        self.cloud.edit("membership.status", "left")
        result = present(self.cloud.read())[KENNITALA]
        self.assertEqual(result["outcome"], "write")
        self.assertEqual(unsynced().get().rev, result["write"]["rev"])

    def test_a_late_creation_of_ours_does_not_bring_back_the_deleted(self):
        self.comrade.delete()
        self.cloud.reconcile()
        comrade = make_member()
        late = present(self.cloud.read())[KENNITALA]["write"]
        self.cloud.reconcile()
        comrade.delete()
        self.cloud.reconcile()
        self.cloud.commit(KENNITALA, late)
        self.cloud.reconcile()
        self.assertFalse(Comrade.objects.filter(ssn=KENNITALA).exists())
        self.assertNotIn(KENNITALA, self.cloud.documents)

    def test_member_on_whom_a_creation_may_still_land_stays_dirty(self):
        """The write would bring the document back, and its event would count as an echo."""
        self.comrade.delete()
        self.cloud.reconcile()
        comrade = make_member()
        late = present(self.cloud.read())[KENNITALA]["write"]
        comrade.delete()
        self.cloud.reconcile()
        self.assertTrue(unsynced().exists())
        self.cloud.commit(KENNITALA, late)
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)

    def test_dirt_of_a_write_that_can_land_no_more_goes(self):
        self.comrade.delete()
        self.cloud.reconcile()
        comrade = make_member()
        present(self.cloud.read())
        comrade.delete()
        Intent.objects.update(created_at=timezone.now() - timedelta(minutes=5))
        self.cloud.reconcile()
        self.assertFalse(unsynced().exists())

    def test_delete_right_after_an_acknowledged_creation_leaves_no_dirt(self):
        self.comrade.delete()
        self.cloud.reconcile()
        self.assertFalse(unsynced().exists())

    def test_a_deleted_document_of_an_untouched_member_waits_for_a_person(self):
        self.cloud.delete()
        self.cloud.reconcile()
        self.assertTrue(Comrade.objects.exists())
        self.assertIsNotNone(Shadow.objects.get().held)
        self.assertFalse(Conflict.objects.exists())

    def test_delete_of_a_document_that_states_little_is_no_conflict(self):
        """A field that the sync was still to fill in does not count as an edit."""
        self.cloud.delete()
        self.cloud.put({"name": "Jón B"})
        present(self.cloud.read())
        self.cloud.delete()
        self.cloud.reconcile()
        self.assertIsNotNone(Shadow.objects.get().held)
        self.assertFalse(Conflict.objects.exists())

    def test_edit_beats_a_delete_and_is_logged(self):
        self.cloud.delete()
        self.rename("Jón Sigurðsson")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("name"), "Jón Sigurðsson")
        self.assertEqual(Conflict.objects.get().field, Conflict.EXISTENCE)

    def test_foreign_edit_of_membership_is_overwritten_and_logged(self):
        self.cloud.edit("membership.status", "suspended")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("membership.status"), "active")
        self.assertEqual(Conflict.objects.get().lost_value, "suspended")
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "clean")
        self.assertEqual(Conflict.objects.count(), 1)

    def test_member_created_in_the_cloud(self):
        self.cloud.put({"name": "Ný Félagi", "profile": {"email": "ny@example.is"}}, "0202802229")
        result = self.cloud.reconcile("0202802229")["0202802229"]
        self.assertEqual(result["outcome"], "write")
        comrade = Comrade.objects.get(ssn="0202802229")
        self.assertEqual(comrade.contact_info.email, "ny@example.is")
        self.assertEqual(self.cloud.get("membership.djangoId", "0202802229"), comrade.pk)
        self.assertEqual(self.cloud.get("kennitala", "0202802229"), "0202802229")

    def test_missing_required_field_is_no_edit(self):
        Comrade.objects.filter(ssn=KENNITALA).update(reachable=False)
        self.cloud.reconcile()
        self.cloud.edit("profile.reachable", None)
        self.cloud.reconcile()
        self.assertIs(self.cloud.get("profile.reachable"), False)

    def test_values_are_written_back_in_canonical_form(self):
        self.cloud.edit("profile.phone", "+354 581-2345")
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("profile.phone"), "5812345")
        self.assertEqual(ContactInfo.objects.get().phone, "5812345")

    def test_quiet_after_convergence(self):
        self.cloud.edit(EMAIL, "new@example.is")
        self.rename("Jón Sigurðsson")
        self.cloud.reconcile()
        before = (
            self.cloud.writes,
            Shadow.objects.get().rev,
            Intent.objects.count(),
            MemberSyncQueue.objects.count(),
        )
        for _ in range(3):
            self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "clean")
        after = (
            self.cloud.writes,
            Shadow.objects.get().rev,
            Intent.objects.count(),
            MemberSyncQueue.objects.count(),
        )
        self.assertEqual(before, after)
