"""Which migrations run before the switch, which run after it, and what the deploy reads of them."""

import io
import json
from unittest import mock

from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import TestCase, TransactionTestCase

from deployment import pending
from deployment.pending import Pending

INDEXES = ("sync", "0003_work_indexes")
LANDED = ("sync", "0004_intent_landed")


def since(first):
    """The migrations of the sync from this one on."""
    graph = MigrationLoader(None).graph
    keys = [key for key in graph.forwards_plan(graph.leaf_nodes("sync")[0]) if key[0] == "sync"]
    return keys[keys.index(first) :]


def after_switch(*keys):
    """As if these migrations said that they run after the switch."""
    return mock.patch.object(pending, "runs_after", lambda migration: pending.key(migration) in keys)


def told():
    """What the deploy reads."""
    output = io.StringIO()
    call_command("migration_plan", stdout=output)
    return json.loads(output.getvalue())


def has_column(table, column):
    with connection.cursor() as cursor:
        return column in [
            found.name for found in connection.introspection.get_table_description(cursor, table)
        ]


def forget(*keys):
    """As if these had not been applied yet."""
    for app_label, name in keys:
        MigrationRecorder(connection).record_unapplied(app_label, name)


class SplitTests(TestCase):
    def test_nothing_is_pending(self):
        plan = told()
        self.assertEqual((plan["before"], plan["after"], plan["fresh"]), ([], [], False))
        self.assertGreaterEqual(plan["postgresql"], 100000)

    def test_a_database_that_is_ahead_is_told(self):
        """Of applications that are not known here, old ones may be left over, and they harm nothing."""
        self.assertEqual(told()["unknown"], [])
        recorder = MigrationRecorder(connection)
        recorder.record_applied("sync", "9999_taken_away")
        recorder.record_applied("an_application_of_old", "0001_initial")
        self.assertEqual(told()["unknown"], ["sync.9999_taken_away"])

    def test_a_migration_runs_before_the_switch_unless_it_says_otherwise(self):
        forget(*since(INDEXES))
        names = [".".join(key) for key in since(INDEXES)]
        plan = told()
        self.assertEqual([item["name"] for item in plan["before"]], names)
        with after_switch(*since(LANDED)):
            plan = told()
        self.assertEqual([item["name"] for item in plan["before"]], names[:1])
        self.assertEqual([item["name"] for item in plan["after"]], names[1:])

    def test_the_attribute_of_the_class_is_what_says_it(self):
        migration = mock.Mock(spec=["after_switch"], after_switch=True)
        self.assertTrue(pending.runs_after(migration))
        self.assertFalse(pending.runs_after(mock.Mock(spec=[])))

    def test_the_linter_is_told_the_statements(self):
        forget(*since(LANDED))
        item = told()["before"][0]
        self.assertIn('ALTER TABLE "sync_intent" ADD COLUMN "landed" boolean NULL', item["sql"])
        self.assertFalse(item["python"])

    def test_statements_that_depend_on_what_is_not_there_yet_are_told_as_unknown(self):
        with mock.patch.object(
            pending, "call_command", side_effect=ValueError("wrong number of constraints")
        ):
            self.assertIsNone(pending.statements(mock.Mock(app_label="sync")))

    def test_a_fresh_database_has_nothing_to_break(self):
        MigrationRecorder(connection).flush()
        plan = told()
        self.assertTrue(plan["fresh"])
        self.assertEqual({tuple(item) for item in plan["before"]}, {("name",)})

    def test_an_order_that_cannot_be_is_refused(self):
        forget(*since(INDEXES))
        complaint = "sync.0004_intent_landed would run before the switch but needs sync.0003_work_indexes"
        for command in ("migration_plan", "migrate_before"):
            with after_switch(INDEXES), self.assertRaisesMessage(CommandError, complaint):
                call_command(command)
        self.assertEqual(len(Pending(connection).before), len(since(INDEXES)))


class MigrateBeforeTests(TransactionTestCase):
    def tearDown(self):
        call_command("migrate", verbosity=0)

    def test_what_comes_after_the_switch_is_left(self):
        call_command("migrate", "sync", "0002", verbosity=0)
        with after_switch(*since(LANDED)):
            call_command("migrate_before", verbosity=0)
            left = Pending(connection)
        self.assertEqual(([], since(LANDED)), (left.before, [pending.key(item) for item in left.after]))
        self.assertFalse(has_column("sync_intent", "landed"))

    def test_without_any_such_all_is_applied(self):
        call_command("migrate", "sync", "0002", verbosity=0)
        call_command("migrate_before", verbosity=0)
        self.assertTrue(has_column("sync_intent", "landed"))


class KeptDefaultTests(TestCase):
    def test_a_column_that_the_release_before_does_not_know_has_a_default(self):
        if not has_column("axes_accesslog", "session_hash"):
            self.skipTest("this django-axes has no such column")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO axes_accesslog (user_agent, username, path_info, attempt_time, http_accept)"
                " VALUES ('', 'staff', '/', now(), '') RETURNING session_hash"
            )
            self.assertEqual(cursor.fetchone(), ("",))
