"""The database trigger: every way of changing a synced column is caught, and nothing else is."""

from django.db import connection, transaction
from django.test import TestCase, TransactionTestCase
from membership.editor import record_editor
from membership.models import Comrade, ContactInfo, ForeignAddress, SimpleAddress
from membership.tests.members import KENNITALA, make_member
from merge_engine.field_map import FIELDS, columns_of

from sync import register
from sync.models import MemberSyncQueue, Shadow


def run_sql(statement, *arguments):
    """Raw SQL, as psql would send it."""
    with connection.cursor() as cursor:
        cursor.execute(statement, arguments)


class CaptureTests(TestCase):
    """All changes of a test share one transaction, and so one row; each test begins with an empty queue."""

    def setUp(self):
        self.comrade = make_member()
        MemberSyncQueue.objects.all().delete()
        self.rev = Shadow.objects.get().rev

    def row(self, ssn=KENNITALA):
        return MemberSyncQueue.objects.get(ssn=ssn)

    def assert_nothing_captured(self):
        self.assertFalse(MemberSyncQueue.objects.exists())
        self.assertEqual(Shadow.objects.get().rev, self.rev)

    def test_save_records_only_what_changed(self):
        self.comrade.name = "Jón Sigurðsson"
        self.comrade.save()
        row = self.row()
        self.assertEqual((row.action, row.fields_changed), ("update", {"name": "Jón Sigurðsson"}))
        self.assertEqual(row.member_id, self.comrade.pk)
        self.assertEqual(row.rev, self.rev + 1)

    def test_save_without_a_change_is_not_captured(self):
        self.comrade.save()
        self.comrade.contact_info.save()
        self.assert_nothing_captured()

    def test_column_that_is_not_synced_is_not_captured(self):
        ContactInfo.objects.update(facebook="jon.jonsson", foreign_phone="+4512345678")
        ForeignAddress.objects.create(comrade=self.comrade, street_address="Gade 1", city="Kbh", country="DK")
        self.assert_nothing_captured()

    def test_update_of_many(self):
        Comrade.objects.update(gender=2)
        self.assertEqual(self.row().fields_changed, {"gender": 2})

    def test_bulk_create(self):
        Comrade.objects.bulk_create([Comrade(ssn="020280222%d" % number, name="Nafn") for number in range(3)])
        self.assertEqual(MemberSyncQueue.objects.filter(action="create").count(), 3)

    def test_raw_sql(self):
        run_sql("UPDATE membership_contactinfo SET email = %s", "raw@example.is")
        self.assertEqual(self.row().fields_changed, {"email": "raw@example.is"})

    def test_email_phone_and_address(self):
        ContactInfo.objects.update(email="b@example.is", phone="5557777")
        SimpleAddress.objects.create(
            comrade=self.comrade, street_address="Gata 1", postal_code="101", city="Reykjavík"
        )
        changed = {"email", "phone", "street_address", "postal_code", "city"}
        self.assertEqual(set(self.row().fields_changed), changed)

    def test_empty_details_change_nothing(self):
        SimpleAddress.objects.create(comrade=self.comrade)
        self.assert_nothing_captured()

    def test_delete_with_all_that_hangs_on_it(self):
        self.comrade.delete()
        row = self.row()
        self.assertEqual((row.action, row.member, row.fields_changed), ("delete", None, {}))

    def test_raw_delete_lets_go_of_queue_rows(self):
        Comrade.objects.update(gender=2)
        run_sql("DELETE FROM membership_contactinfo")
        run_sql("DELETE FROM membership_comrade")
        run_sql("SET CONSTRAINTS ALL IMMEDIATE")
        self.assertEqual(self.row().action, "delete")

    def test_detail_deleted_alone(self):
        self.comrade.contact_info.delete()
        self.assertEqual(self.row().fields_changed, {"email": None, "phone": None})

    def test_detail_moved_to_another_member(self):
        other = Comrade.objects.create(ssn="0202802229", name="Önnur")
        run_sql("UPDATE membership_contactinfo SET comrade_id = %s", other.pk)
        self.assertEqual(self.row().fields_changed, {"email": None, "phone": None})
        self.assertEqual(self.row("0202802229").fields_changed["email"], "jon@example.is")

    def test_new_kennitala_is_a_delete_and_a_create(self):
        Comrade.objects.update(ssn="0303803339")
        self.assertEqual(self.row().action, "delete")
        self.assertEqual(self.row("0303803339").action, "create")

    def test_the_syncs_own_changes_are_not_captured(self):
        with register.applying():
            Comrade.objects.update(name="Frá félaganum")
        self.assert_nothing_captured()

    def test_edits_after_the_syncs_own_are_captured_again(self):
        with register.applying():
            Comrade.objects.update(name="Frá félaganum")
        Comrade.objects.update(name="Frá skrifstofu")
        self.assertEqual(self.row().fields_changed, {"name": "Frá skrifstofu"})

    def test_editor_is_named(self):
        class User:
            def get_username(self):
                return "gudrun"

        record_editor(User())
        Comrade.objects.update(gender=1)
        self.assertEqual(self.row().changed_by, "gudrun")

    def test_trigger_covers_exactly_the_field_map(self):
        for label in {field.model for field in FIELDS}:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT tgargs FROM pg_trigger WHERE tgname = 'sync_capture' AND tgrelid = %s::regclass",
                    [register.table(label)],
                )
                arguments = bytes(cursor.fetchone()[0]).decode().split("\x00")[:-1]
            self.assertEqual(set(arguments), {field.column for field in columns_of(label)})


class CommitTests(TransactionTestCase):
    """Tests that need real transactions."""

    def test_rolled_back_change_queues_nothing(self):
        with self.assertRaises(RuntimeError), transaction.atomic():
            make_member()
            raise RuntimeError
        self.assertFalse(MemberSyncQueue.objects.exists())

    def test_a_row_per_transaction(self):
        make_member()
        MemberSyncQueue.objects.all().delete()
        Comrade.objects.update(gender=1)
        with transaction.atomic():
            Comrade.objects.update(gender=2)
            ContactInfo.objects.update(phone="5550000")
        rows = list(MemberSyncQueue.objects.order_by("rev"))
        self.assertEqual(
            [row.fields_changed for row in rows], [{"gender": 1}, {"gender": 2, "phone": "5550000"}]
        )
