"""The right to be forgotten beats everything, and leaves nothing behind."""

import io
import json
from unittest import mock

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import TestCase
from membership import audit
from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member

from sync.erasure import erase
from sync.joining_again import let_in
from sync.models import Conflict, Intent, MemberSyncQueue, Shadow
from sync.tests.cloud import Cloud, present


class ErasureTests(TestCase):
    """A member whose name is in every table of the sync."""

    def setUp(self):
        self.user = get_user_model().objects.create_user("gudrun", is_staff=True)
        self.cloud = Cloud()
        self.comrade = make_member(name="Gleymdur Maður")
        self.cloud.reconcile()
        Conflict.objects.create(ssn=KENNITALA, field="name", lost_on="django", django_value="Gleymdur Maður")
        audit.log(self.user, self.comrade, audit.CHANGE, "Gleymdur Maður")

    def test_edit_in_the_cloud_does_not_beat_an_erasure(self):
        self.cloud.edit("profile.email", "new@example.is")
        erase(self.comrade.ssn, self.user)
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertFalse(Comrade.objects.exists())

    def test_nothing_personal_stays(self):
        self.cloud.edit("name", "Gleymdur Maður II")
        present(self.cloud.read())
        erase(self.comrade.ssn, self.user)
        self.cloud.reconcile()
        with connection.cursor() as cursor:
            for model in (Shadow, Intent, Conflict, MemberSyncQueue, LogEntry, Comrade):
                cursor.execute("SELECT * FROM {}".format(model._meta.db_table))
                self.assertNotIn("Gleymdur", json.dumps(cursor.fetchall(), default=str, ensure_ascii=False))

    def test_late_copy_is_removed_again(self):
        values = self.cloud.documents[KENNITALA]["values"]
        erase(self.comrade.ssn, self.user)
        self.cloud.reconcile()
        self.cloud.put(values)
        self.cloud.reconcile()
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertIsNone(Shadow.objects.get().base)

    def test_somebody_erased_may_join_again(self):
        erase(self.comrade.ssn, self.user)
        self.cloud.reconcile()
        make_member(name="Kominn Aftur")
        self.assertEqual(self.cloud.reconcile()[KENNITALA]["outcome"], "held")
        self.assertNotIn(KENNITALA, self.cloud.documents)
        self.assertTrue(let_in(KENNITALA, self.user))
        self.cloud.reconcile()
        self.assertEqual(self.cloud.get("name"), "Kominn Aftur")
        self.assertIn("joined again", LogEntry.objects.order_by("-id")[0].change_message)

    def test_entered_again_before_the_old_document_is_gone(self):
        """The document is from before the erasure, so its values neither come back nor conflict."""
        erase(self.comrade.ssn, self.user)
        make_member(name="Kominn Aftur")
        self.cloud.edit("profile.email", "gleymdur@example.is")
        self.cloud.edit("nickname", "Gleymdur")
        self.cloud.reconcile()
        let_in(KENNITALA, self.user)
        self.cloud.reconcile()
        self.assertNotIn("nickname", self.cloud.documents[KENNITALA]["values"])
        self.assertEqual(self.cloud.get("name"), "Kominn Aftur")
        self.assertEqual(self.cloud.get("profile.email"), "jon@example.is")
        self.assertFalse(Conflict.objects.exists())
        self.assertFalse(Shadow.objects.get().erased)

    def test_command(self):
        with mock.patch("sys.stdin", io.StringIO(KENNITALA + "\n")):
            call_command("erase_member", user="gudrun", yes=True, stdout=io.StringIO())
        self.assertFalse(Comrade.objects.exists())

    def test_command_refuses(self):
        for text, user, yes in [
            (KENNITALA, "nobody", True),
            (KENNITALA, "gudrun", False),
            ("x", "gudrun", True),
        ]:
            with mock.patch("sys.stdin", io.StringIO(text + "\n")), self.assertRaises(CommandError):
                call_command("erase_member", user=user, yes=yes, stdout=io.StringIO())
        self.assertTrue(Comrade.objects.exists())
