"""The queue: claims and leases, backoff, dead letters, and workers at the same time."""

import threading
from datetime import timedelta
from unittest import mock

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from django.utils import timezone
from membership.models import Comrade, ContactInfo
from membership.tests.members import KENNITALA, make_member
from merge_engine import acknowledgement

from sync import acknowledge, outbox
from sync.models import Conflict, MemberSyncQueue
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud, present, unsynced


def fail(message, permanent, kennitala=KENNITALA):
    """Report that a member could not be reconciled."""
    return acknowledge.mark_synced([], [acknowledgement.Failure(kennitala, message, permanent)])


def age_queue(**span):
    """Make every row older, as if time had passed."""
    for row in MemberSyncQueue.objects.all():
        row.next_attempt_at -= timedelta(**span)
        row.leased_until = row.leased_until and row.leased_until - timedelta(**span)
        row.save()


class FailureTests(TestCase):
    """Backoff and dead letters."""

    def setUp(self):
        make_member()

    def test_transient_failure_backs_off_and_comes_back(self):
        outbox.claim("worker", 10, 60)
        with mock.patch.object(outbox, "FIRST_RETRY_SECONDS", 3600):
            fail("no answer", permanent=False)
        row = unsynced().get()
        self.assertEqual((row.sync_status, row.retry_count, row.error_message), ("pending", 1, "no answer"))
        self.assertIsNone(row.leased_until)
        self.assertGreater(row.next_attempt_at, row.created_at)
        self.assertEqual(outbox.claim("worker", 10, 60), [])
        age_queue(hours=2)
        self.assertEqual(len(outbox.claim("worker", 10, 60)), 1)

    def test_backoff_is_capped(self):
        MemberSyncQueue.objects.update(retry_count=1000)
        fail("no answer", permanent=False)
        self.assertLessEqual(unsynced().get().next_attempt_at, timezone.now() + timedelta(hours=1))

    def test_permanent_failure_is_a_dead_letter_at_once(self):
        fail("bad phone", permanent=True)
        row = unsynced().get()
        self.assertEqual((row.sync_status, row.dead, row.error_message), ("failed", True, "bad phone"))
        age_queue(days=1)
        self.assertEqual(outbox.claim("worker", 10, 60), [])

    def test_one_dead_member_does_not_delay_another(self):
        make_member("0202802229")
        fail("bad phone", permanent=True)
        self.assertEqual([row.ssn for row in outbox.claim("worker", 10, 60)], ["0202802229"])

    def test_member_without_rows_gets_one(self):
        fail("bad document", permanent=True, kennitala="0303803339")
        self.assertTrue(unsynced("0303803339").get().dead)

    def test_dead_letter_ends_when_both_sides_agree(self):
        fail("bad phone", permanent=True)
        Cloud().reconcile()
        self.assertFalse(unsynced().exists())

    def test_edit_after_the_failing_attempt_stays_pending(self):
        cloud = Cloud()
        fail("Firestore refused the document", permanent=True)
        MemberSyncQueue.objects.update(created_at=timezone.now() - timedelta(minutes=1))
        ContactInfo.objects.update(phone="5550000")
        fail("Firestore refused the document", permanent=True)
        self.assertEqual(sorted(unsynced().values_list("sync_status", flat=True)), ["failed", "pending"])
        cloud.reconcile()
        self.assertEqual(cloud.get("profile.phone"), "5550000")
        self.assertFalse(unsynced().exists())


class ClaimTests(TransactionTestCase):
    """Several workers."""

    def setUp(self):
        for number in range(6):
            make_member("010170123%d" % number)

    def in_thread(self, function):
        """Run a function on a database connection of its own; its result."""
        results = []

        def run():
            try:
                results.append(function())
            finally:
                connection.close()

        thread = threading.Thread(target=run)
        thread.start()
        thread.join(30)
        return results[0]

    def test_two_workers_never_claim_the_same_member(self):
        with transaction.atomic():
            first = {row.ssn for row in outbox.claim("a", 3, 60)}
            second = {row.ssn for row in self.in_thread(lambda: outbox.claim("b", 10, 60))}
        self.assertEqual((len(first), len(second)), (3, 3))
        self.assertFalse(first & second)

    def test_lease_that_ran_out_is_claimed_again(self):
        outbox.claim("dies", 10, 60)
        self.assertEqual(outbox.claim("b", 10, 60), [])
        age_queue(minutes=2)
        self.assertTrue(outbox.claim("b", 10, 60))

    def test_times_of_a_clock_that_was_ahead_keep_nobody_waiting(self):
        outbox.claim("dies", 3, 60)
        tomorrow = timezone.now() + timedelta(days=1)
        MemberSyncQueue.objects.exclude(leased_by="").update(leased_until=tomorrow)
        MemberSyncQueue.objects.filter(leased_by="").update(next_attempt_at=tomorrow)
        self.assertEqual(outbox.due_count(), MemberSyncQueue.objects.count())
        self.assertEqual(len({row.ssn for row in outbox.claim("b", 10, 60)}), 6)

    def test_member_held_by_staff_is_a_transient_error_of_that_member_alone(self):
        cloud = Cloud()
        kennitalas = ["010170123%d" % number for number in range(3)]
        with transaction.atomic():
            Comrade.objects.filter(ssn=kennitalas[1]).update(name="Í vinnslu")
            results = self.in_thread(lambda: present(cloud.read(*kennitalas)))
        outcomes = [results[kennitala]["outcome"] for kennitala in kennitalas]
        self.assertEqual(outcomes, ["write", "error", "write"])
        self.assertEqual(results[kennitalas[1]]["error"]["code"], "database_busy")
        self.assertFalse(results[kennitalas[1]]["error"]["permanent"])

    def test_edit_between_decision_and_acknowledgement_is_carried(self):
        cloud = Cloud()
        body = cloud.read("0101701230")
        write = present(body)["0101701230"]["write"]
        Comrade.objects.filter(ssn="0101701230").update(name="Jón B")
        landed = cloud.commit("0101701230", write)
        entry = acknowledgement.Acknowledgement("0101701230", write["operation"], write["rev"], None)
        self.assertIsNotNone(landed)
        self.assertEqual(acknowledge.mark_synced([entry], [])["0101701230"], "still_dirty")
        (row,) = unsynced("0101701230")
        self.assertEqual(row.fields_changed, {"name": "Jón B"})


class KeptTests(ApiTestCase):
    """How long the queue says who edited what."""

    def test_old_rows_go_unless_they_are_not_synced(self):
        make_member()
        states = [MemberSyncQueue.SYNCED, MemberSyncQueue.PENDING, MemberSyncQueue.FAILED]
        now = timezone.now()
        MemberSyncQueue.objects.all().delete()
        for state, days in [(state, days) for state in states for days in (399, 401)]:
            made = now - timedelta(days=days)
            MemberSyncQueue.objects.create(ssn=KENNITALA, action="update", sync_status=state, created_at=made)
        for days in (399, 401):
            Conflict.objects.create(ssn=KENNITALA, created_at=now - timedelta(days=days))
        self.sync("changes/", {"worker": "w", "limit": 1, "lease_seconds": 60})
        kept = MemberSyncQueue.objects.values_list("sync_status", flat=True)
        self.assertEqual(sorted(kept), sorted([states[0]] + states[1:] * 2))
        self.assertEqual(Conflict.objects.count(), 1)
