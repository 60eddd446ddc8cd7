"""The staff's pages, as a browser uses them: load the form, change something, send it all back."""

from communication.models import Email
from django.db import connection
from sync.models import MemberSyncQueue

from membership.models import Comrade, ContactInfo, Union
from membership.tests.browser import submitted
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase


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
        page = "/admin/membership/comrade/add/"
        data = dict(submitted(self.client.get(page)), name="Ný")
        for ssn in ("010170-1234", "010170123", "０１０１７０１２３４", ""):
            self.assertEqual(self.client.post(page, dict(data, ssn=ssn)).status_code, 200)
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

    def test_no_csrf_token(self):
        client = self.client_class(enforce_csrf_checks=True)
        client.force_login(self.user)
        self.assertEqual(client.post(self.address, {"name": "x"}).status_code, 403)


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


class EditorTests(AdminTestCase):
    """Whoever changes the register by the admin is named, whichever way they do it."""

    def test_a_list_of_members_that_is_deleted(self):
        comrade = make_member()
        MemberSyncQueue.objects.all().delete()
        chosen = {"action": "delete_selected", "_selected_action": [comrade.pk], "post": "yes"}
        self.post("/admin/membership/comrade/", chosen)
        self.assertEqual(MemberSyncQueue.objects.get().changed_by, self.user.get_username())

    def test_the_next_request_of_somebody_else_is_not_theirs(self):
        comrade = make_member()
        address = "/admin/membership/comrade/{}/change/".format(comrade.pk)
        self.post(address, dict(submitted(self.client.get(address)), name="Jón Sigurðsson"))
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('ekklesia.editor', true)")
            self.assertIn(cursor.fetchone()[0], ("", None))
