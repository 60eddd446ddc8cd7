"""Records whose time is over are removed, a bounded number at once; what is not synced stays."""

from datetime import timedelta
from unittest import mock

from django.conf import settings
from django.test import TestCase
from django.utils import timezone

from sync import outbox, records
from sync.models import Conflict, Intent, MemberSyncQueue

SYNCED, PENDING = MemberSyncQueue.SYNCED, MemberSyncQueue.PENDING
KENNITALA = "0101701234"


def row(days, status=SYNCED, by="gudrun"):
    """A row of the queue that was made that number of days ago."""
    made = timezone.now() - timedelta(days=days)
    return MemberSyncQueue.objects.create(ssn=KENNITALA, sync_status=status, changed_by=by, created_at=made)


class ThinningTests(TestCase):
    def left(self):
        records.forget_old()
        return set(MemberSyncQueue.objects.values_list("pk", flat=True))

    def test_what_people_did_stays_as_long_as_the_records(self):
        old, young = row(settings.SYNC_KEPT_DAYS + 1), row(settings.SYNC_KEPT_DAYS - 1)
        self.assertEqual(self.left(), {young.pk})
        self.assertNotIn(old.pk, self.left())

    def test_what_the_sync_marked_for_itself_goes_after_a_month(self):
        """It tells nobody who edited what."""
        row(31, by=outbox.SYNC_ITSELF)
        young = row(29, by=outbox.SYNC_ITSELF)
        self.assertEqual(self.left(), {young.pk})

    def test_what_is_not_synced_stays(self):
        kept = [
            row(2000, PENDING),
            row(2000, MemberSyncQueue.FAILED),
            row(2000, PENDING, outbox.SYNC_ITSELF),
        ]
        self.assertEqual(self.left(), {it.pk for it in kept})

    def test_intents_and_conflicts_have_their_time_too(self):
        long_ago = timezone.now() - timedelta(days=2000)
        Intent.objects.create(operation="1", ssn=KENNITALA, rev=1, created_at=long_ago)
        Conflict.objects.create(ssn=KENNITALA, field="name", created_at=long_ago)
        records.forget_old()
        self.assertFalse(Intent.objects.exists() or Conflict.objects.exists())

    def test_only_so_many_go_at_once_and_the_oldest_first(self):
        younger, older = row(500), row(600)
        with mock.patch.object(records, "MOST_FORGOTTEN", 1):
            self.assertEqual(self.left(), {younger.pk})
            self.assertEqual(self.left(), set())
        self.assertNotEqual(older.pk, younger.pk)
