"""The sync's pages and actions in the admin."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase

from sync.models import Conflict, MemberSyncQueue, Shadow


class EraseActionTests(AdminTestCase):
    """The action of the list of members."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member()

    def test_erasing_asks_first(self):
        page = "/admin/membership/comrade/"
        response = self.act(page, "erase_selected", [self.comrade])
        self.assertContains(response, "Því verður ekki breytt aftur")
        self.assertContains(response, "delete-confirmation")
        self.assertContains(response, 'href="{}"'.format(page))
        self.assertTrue(Comrade.objects.exists())
        self.act(page, "erase_selected", [self.comrade], confirmed="yes")
        self.assertFalse(Comrade.objects.exists())
        self.assertFalse(LogEntry.objects.filter(object_repr__contains="Jón").exists())

    def test_who_was_deleted_before_is_erased_from_the_queue(self):
        self.comrade.delete()
        page, row = "/admin/sync/membersyncqueue/", MemberSyncQueue.objects.order_by("id").first()
        self.assertContains(self.act(page, "erase_people", [row]), "010170-****")
        self.act(page, "erase_people", [row], confirmed="yes")
        self.assertTrue(Shadow.objects.get(ssn=KENNITALA).erased)
        self.assertFalse(MemberSyncQueue.objects.exclude(fields_changed={}).exists())

    def test_staff_without_the_right_cannot_erase(self):
        self.client.force_login(get_user_model().objects.create_user("visitor", is_staff=True))
        self.act("/admin/membership/comrade/", "erase_selected", [self.comrade], confirmed="yes")
        row = MemberSyncQueue.objects.get()
        self.act("/admin/sync/membersyncqueue/", "erase_people", [row], confirmed="yes")
        self.assertTrue(Comrade.objects.exists())


class SyncPagesTests(AdminTestCase):
    """Queue and conflicts."""

    def test_queue(self):
        make_member()
        page = "/admin/sync/membersyncqueue/"
        for query in ("", "?q=" + KENNITALA, "?sync_status__exact=pending", "?q=J"):
            self.assertContains(self.client.get(page + query), "010170-****")
        row = MemberSyncQueue.objects.get()
        self.assertContains(self.client.get("{}{}/change/".format(page, row.pk)), "bíður")
        self.act(page, "mark_synced", [row])
        self.assertEqual(MemberSyncQueue.objects.get().sync_status, "synced")
        self.act(page, "mark_pending", [row])
        self.assertEqual(MemberSyncQueue.objects.get().sync_status, "pending")

    def test_retrying_a_dead_letter(self):
        make_member()
        MemberSyncQueue.objects.update(sync_status="failed", dead=True, error_message="bad phone")
        page = "/admin/sync/membersyncqueue/"
        self.assertContains(self.client.get(page + "?dead__exact=1"), "bad phone")
        self.act(page, "retry_failed", [MemberSyncQueue.objects.get()])
        row = MemberSyncQueue.objects.get()
        self.assertEqual((row.sync_status, row.dead, row.error_message), ("pending", False, "bad phone"))

    def test_a_cross_marks_what_was_given_up(self):
        make_member()
        page = "/admin/sync/membersyncqueue/"
        for dead, mark in ((False, "icon-yes"), (True, "icon-no")):
            MemberSyncQueue.objects.update(dead=dead)
            self.assertContains(self.client.get(page), mark, count=1)

    def test_rows_can_be_neither_added_nor_edited(self):
        make_member()
        self.assertEqual(self.client.get("/admin/sync/membersyncqueue/add/").status_code, 403)
        row = MemberSyncQueue.objects.get()
        self.client.post("/admin/sync/membersyncqueue/{}/change/".format(row.pk), {"sync_status": "synced"})
        self.assertEqual(MemberSyncQueue.objects.get().sync_status, "pending")

    def test_conflict_is_restored(self):
        make_member()
        conflict = Conflict.objects.create(
            ssn=KENNITALA, field="name", lost_on="firestore", firestore_value="Annað"
        )
        page = "/admin/sync/conflict/"
        self.assertContains(self.client.get(page), "010170-****")
        self.assertContains(self.client.get("{}{}/change/".format(page, conflict.pk)), "Annað")
        self.act(page, "restore_lost", [conflict])
        self.assertEqual(Comrade.objects.get().name, "Annað")
        conflict.refresh_from_db()
        self.assertEqual(conflict.restored_by, "gudrun")

    def test_who_may_not_edit_members_restores_nothing(self):
        """The right to look after conflicts is not one to write to the register."""
        make_member()
        conflict = Conflict.objects.create(
            ssn=KENNITALA, field="name", lost_on="firestore", firestore_value="Annað"
        )
        helper = get_user_model().objects.create_user("helper", is_staff=True)
        rights = ["view_conflict", "change_conflict"]
        helper.user_permissions.set(Permission.objects.filter(codename__in=rights))
        self.client.force_login(helper)
        self.assertEqual(self.client.get("/admin/sync/conflict/").status_code, 200)
        self.act("/admin/sync/conflict/", "restore_lost", [conflict])
        self.assertEqual(Comrade.objects.get().name, "Jón Jónsson")
        helper.user_permissions.add(Permission.objects.get(codename="change_comrade"))
        self.client.force_login(get_user_model().objects.get(pk=helper.pk))
        self.act("/admin/sync/conflict/", "restore_lost", [conflict])
        self.assertEqual(Comrade.objects.get().name, "Annað")

    def test_conflict_that_cannot_be_restored_says_why(self):
        conflict = Conflict.objects.create(
            ssn=KENNITALA, field="name", lost_on="firestore", firestore_value="Annað"
        )
        response = self.act("/admin/sync/conflict/", "restore_lost", [conflict])
        self.assertContains(self.client.get(response["Location"]), "ekki í félagatalinu")
