"""The staff's pages, as a browser uses them: load the form, change something, send it all back."""

from communication.models import Email
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.test import TestCase
from sync.models import Conflict, MemberSyncQueue
from sync.tests.cloud import KENNITALA, make_member

from membership.models import Comrade, ContactInfo, Union
from membership.tests.browser import submitted


class AdminTestCase(TestCase):
    """Logged in as a superuser."""

    def setUp(self):
        self.user = get_user_model().objects.create_superuser("gudrun", "gudrun@example.is", "x")
        self.client.force_login(self.user)

    def post(self, address, data):
        response = self.client.post(address, data)
        if response.status_code == 200:
            errors = [response.context["adminform"].form.errors]
            errors += [inline.formset.errors for inline in response.context["inline_admin_formsets"]]
            self.fail("the form was refused: {}".format(errors))
        self.assertEqual(response.status_code, 302)

    def act(self, address, action, rows, **extra):
        data = dict({"action": action, "_selected_action": [row.pk for row in rows]}, **extra)
        return self.client.post(address, data)


class ComradeFormTests(AdminTestCase):
    """Editing a member."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member()
        self.address = "/admin/membership/comrade/{}/change/".format(self.comrade.pk)

    def test_defect_05_stale_form_overwrites_nothing_it_did_not_change(self):
        data = submitted(self.client.get(self.address))
        ContactInfo.objects.update(email="member@example.is")
        Comrade.objects.update(gender=2)
        MemberSyncQueue.objects.all().delete()
        self.post(self.address, dict(data, name="Jón Sigurðsson"))
        comrade = Comrade.objects.get()
        self.assertEqual((comrade.name, comrade.gender), ("Jón Sigurðsson", 2))
        self.assertEqual(comrade.contact_info.email, "member@example.is")
        self.assertEqual(MemberSyncQueue.objects.get().fields_changed, {"name": "Jón Sigurðsson"})

    def test_stale_inline_overwrites_nothing_it_did_not_change(self):
        data = submitted(self.client.get(self.address))
        ContactInfo.objects.update(email="member@example.is")
        self.post(self.address, dict(data, **{"contact_info-0-phone": "5557777"}))
        contact = ContactInfo.objects.get()
        self.assertEqual((contact.phone, contact.email), ("5557777", "member@example.is"))

    def test_field_that_somebody_else_changed_meanwhile_is_not_overwritten_unseen(self):
        data = submitted(self.client.get(self.address))
        Comrade.objects.update(name="Jón Annars")
        response = self.client.post(self.address, dict(data, name="Jón Sigurðsson"))
        self.assertContains(response, "Jón Annars")
        self.assertEqual(Comrade.objects.get().name, "Jón Annars")

    def test_form_sent_unchanged_changes_nothing(self):
        MemberSyncQueue.objects.all().delete()
        self.post(self.address, submitted(self.client.get(self.address)))
        self.assertFalse(MemberSyncQueue.objects.exists())

    def test_every_field_can_be_edited(self):
        data = submitted(self.client.get(self.address))
        data.update({"birthday": "1970-01-01", "date_joined_0": "2019-01-06", "date_joined_1": "16:43:47"})
        data.update({"gender": "1", "housing_situation": "6", "status": "left"})
        data.update({"contact_info-0-email": "b@example.is", "simple_address-0-city": "Akureyri"})
        data.pop("reachable")
        self.post(self.address, data)
        comrade = Comrade.objects.get()
        self.assertEqual((comrade.gender, comrade.housing_situation, comrade.status), (1, 6, "left"))
        self.assertFalse(comrade.reachable)
        self.assertEqual(
            (comrade.contact_info.email, comrade.simple_address.city), ("b@example.is", "Akureyri")
        )
        self.assertEqual(MemberSyncQueue.objects.latest("rev").changed_by, "gudrun")

    def test_member_is_created(self):
        page = "/admin/membership/comrade/add/"
        data = dict(submitted(self.client.get(page)), ssn="0202802229", name="Ný")
        data["contact_info-0-email"] = "ny@example.is"
        self.post(page, data)
        self.assertEqual(Comrade.objects.get(ssn="0202802229").contact_info.email, "ny@example.is")

    def test_bad_kennitala_is_refused(self):
        data = submitted(self.client.get(self.address))
        for ssn in ("010170-1234", "010170123", "０１０１７０１２３４", ""):
            self.assertEqual(self.client.post(self.address, dict(data, ssn=ssn)).status_code, 200)
        self.assertEqual(Comrade.objects.get().ssn, KENNITALA)

    def test_list_masks_the_kennitala(self):
        response = self.client.get("/admin/membership/comrade/?q=" + "J")
        self.assertContains(response, "010170-****")
        self.assertNotContains(response, KENNITALA)

    def test_unknown_member(self):
        self.assertEqual(self.client.get("/admin/membership/comrade/999999/change/").status_code, 302)

    def test_bulk_delete_is_captured(self):
        MemberSyncQueue.objects.all().delete()
        self.act("/admin/membership/comrade/", "delete_selected", [self.comrade], post="yes")
        self.assertEqual(MemberSyncQueue.objects.get().action, "delete")

    def test_erasing_asks_first(self):
        page = "/admin/membership/comrade/"
        response = self.act(page, "erase_selected", [self.comrade])
        self.assertContains(response, "cannot be undone")
        self.assertTrue(Comrade.objects.exists())
        self.act(page, "erase_selected", [self.comrade], confirmed="yes")
        self.assertFalse(Comrade.objects.exists())
        self.assertFalse(LogEntry.objects.filter(object_repr__contains="Jón").exists())

    def test_staff_without_the_right_cannot_erase(self):
        self.client.force_login(get_user_model().objects.create_user("visitor", is_staff=True))
        self.act("/admin/membership/comrade/", "erase_selected", [self.comrade], confirmed="yes")
        self.assertTrue(Comrade.objects.exists())

    def test_no_csrf_token(self):
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.user)
        self.assertEqual(client.post(self.address, {"name": "x"}).status_code, 403)


class SyncPagesTests(AdminTestCase):
    """Queue and conflicts."""

    def test_queue(self):
        make_member()
        page = "/admin/sync/membersyncqueue/"
        for query in ("", "?q=" + KENNITALA, "?sync_status__exact=pending", "?q=J"):
            self.assertContains(self.client.get(page + query), "010170-****")
        row = MemberSyncQueue.objects.get()
        self.assertContains(self.client.get("{}{}/change/".format(page, row.pk)), "pending")
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

    def test_conflict_that_cannot_be_restored_says_why(self):
        conflict = Conflict.objects.create(
            ssn=KENNITALA, field="name", lost_on="firestore", firestore_value="Annað"
        )
        response = self.act("/admin/sync/conflict/", "restore_lost", [conflict])
        self.assertContains(self.client.get(response["Location"]), "not in the register")


class OtherPagesTests(AdminTestCase):
    """Every page opens."""

    def test_pages(self):
        Union.objects.create(name="Efling")
        Email.objects.create(subject="Fundur", body="Kl. 20")
        for page in (
            "",
            "membership/union/",
            "membership/title/",
            "communication/email/",
            "communication/email/add/",
        ):
            self.assertEqual(self.client.get("/admin/" + page).status_code, 200, page)

    def test_admin_under_the_prefix_leads_to_the_admin(self):
        self.assertRedirects(self.client.get("/felagar/admin/"), "/admin/")
