"""The schemas of corrected kennitalas and of erasures: up and back, with members in the tables."""

from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase
from membership.models import Comrade
from membership.tests.members import make_member
from merge_engine.moves import NEVER

from sync import erasures
from sync.models import Erasure, MemberSyncQueue, Move, Shadow

BEFORE, NOW, ERASURE = "0012_epoch_decided_at", "0013_move", "0014_erasure"
OLD, NEW, THIRD = "0101702989", "0101702990", "0101703000"


class SchemaTests(TransactionTestCase):
    """Each way with data of the other time."""

    def setUp(self):
        # Whatever becomes of the test, the others find the newest schema.
        self.addCleanup(self.migrate)

    @staticmethod
    def migrate(*name):
        """To this migration of the sync, or to the newest."""
        call_command("migrate", "sync", *name, verbosity=0, interactive=False)

    def read_times(self):
        """By kennitala, as every code knows them."""
        return dict(Shadow.objects.values_list("ssn", "read_time"))

    def test_on_the_way_up_nothing_is_moved(self):
        self.migrate(BEFORE)
        make_member(OLD)
        Comrade.objects.filter(ssn=OLD).update(ssn=NEW)
        Shadow.objects.filter(ssn=OLD).update(read_time=5)
        self.migrate(NOW)
        self.assertFalse(Move.objects.exists())
        self.assertEqual(self.read_times(), {OLD: 5, NEW: 0})

    def test_on_the_way_back_an_open_move_is_a_deletion_and_a_creation(self):
        make_member(OLD)
        Shadow.objects.filter(ssn=OLD).update(read_time=5)
        Comrade.objects.filter(ssn=OLD).update(ssn=NEW)
        self.assertEqual(self.read_times(), {OLD: NEVER, NEW: NEVER})
        self.migrate(BEFORE)
        self.assertEqual(self.read_times(), {OLD: 5, NEW: 5})
        rows = MemberSyncQueue.objects.filter(sync_status="pending")
        self.assertLessEqual({(OLD, "delete"), (NEW, "create")}, set(rows.values_list("ssn", "action")))
        Comrade.objects.filter(ssn=NEW).update(ssn=THIRD)
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('sync_move'), to_regproc('sync_note_move')")
            self.assertEqual(cursor.fetchone(), (None, None))

    def test_the_list_of_erasures_comes_and_goes_beside_an_open_move(self):
        self.migrate(NOW)
        make_member(OLD)
        Comrade.objects.filter(ssn=OLD).update(ssn=NEW)
        Shadow.objects.filter(ssn=NEW).update(erased=True)
        moves, times = list(Move.objects.values()), self.read_times()
        self.migrate(ERASURE)
        erasures.take_up_old_ones()
        self.assertEqual([row.ssn for row in Erasure.objects.all()], [NEW])
        self.migrate(NOW)
        self.assertEqual((list(Move.objects.values()), self.read_times()), (moves, times))
        with connection.cursor() as cursor:
            cursor.execute("SELECT to_regclass('sync_erasure')")
            self.assertEqual(cursor.fetchone(), (None,))
