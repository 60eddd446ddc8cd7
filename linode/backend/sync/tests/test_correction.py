"""The admin's pages on which a kennitala is corrected and two entries become one."""

from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.contrib.messages import get_messages
from django.urls import reverse
from membership.models import Comrade, ForeignAddress, Title
from membership.tests.members import make_member
from membership.tests.pages import AdminTestCase

from sync.models import Conflict, Move
from sync.texts import TEXTS

CONFIRMED = "staff_confirmed"
"""Where `staff.recent` keeps when both factors were right."""
OLD, NEW = "0101702989", "0101702990"


class PagesCase(AdminTestCase):
    """A member with the number OLD; a superuser who has shown both factors a moment ago."""

    def setUp(self):
        super().setUp()
        self.comrade = make_member(OLD, name="Jón")
        self.confirm()

    def confirm(self):
        """Both factors were right just now."""
        session = self.client.session
        session[CONFIRMED] = 10**11
        session.save()

    def address(self, name, comrade=None):
        """Of a page about this member."""
        return reverse("admin:membership_comrade_" + name, args=[(comrade or self.comrade).pk])

    def told(self, answer):
        """What the page says to the person."""
        return [str(message) for message in get_messages(answer.wsgi_request)]


class CorrectionPageTests(PagesCase):
    """One number for another."""

    def send(self, kennitala=NEW, again=None, seen=OLD):
        """Fill the page in and send it."""
        data = {"kennitala": kennitala, "again": kennitala if again is None else again, "seen": seen}
        return self.client.post(self.address("correct"), data)

    def test_the_kennitala_is_corrected_with_its_history(self):
        for typed in ("010170-2990", " 0101702990 "):
            Comrade.objects.update(ssn=OLD)
            self.assertEqual(self.send(typed).status_code, 302)
            self.assertEqual(Comrade.objects.get().ssn, NEW)
        self.assertTrue(Move.objects.filter(old_ssn=OLD, new_ssn=NEW, moved_by="gudrun").exists())
        entry = LogEntry.objects.first()
        self.assertEqual(entry.get_change_message(), "Kennitala corrected.")
        self.assertEqual(entry.object_id, str(self.comrade.pk))

    def test_what_makes_no_sense_is_refused_in_one_line(self):
        make_member(NEW, name="Anna")
        for data, reason in (
            ({"kennitala": "010170298"}, "correct.malformed"),
            ({"kennitala": "0101703000", "again": "0101703001"}, "correct.unlike"),
            ({"kennitala": OLD}, "correct.same"),
            ({"kennitala": NEW}, "correct.taken"),
            ({"kennitala": "0101703000", "seen": "0101703001"}, "correct.meanwhile"),
        ):
            answer = self.send(**data)
            self.assertEqual(answer.status_code, 200)
            self.assertIn(TEXTS.languages["is"][reason], self.told(answer))
        self.assertEqual(Comrade.objects.get(pk=self.comrade.pk).ssn, OLD)
        self.assertFalse(Move.objects.exists())

    def test_only_superusers_see_and_use_the_pages(self):
        clerk = get_user_model().objects.create_user("clerk", password="x", is_staff=True)
        clerk.user_permissions.set(Permission.objects.all())
        self.client.force_login(clerk)
        page = self.client.get(self.address("change"))
        self.assertNotContains(page, self.address("correct"))
        for name in ("correct", "unite"):
            self.assertEqual(self.client.get(self.address(name)).status_code, 403)
            self.assertEqual(self.client.post(self.address(name), {"kennitala": NEW}).status_code, 403)
        self.assertEqual(Comrade.objects.get().ssn, OLD)

    def test_both_factors_are_asked_for_again(self):
        session = self.client.session
        del session[CONFIRMED]
        session.save()
        for name in ("correct", "unite"):
            answer = self.client.get(self.address(name))
            self.assertRedirects(
                answer, reverse("admin:second_factor_confirm"), fetch_redirect_response=False
            )

    def test_the_members_page_leads_there_and_does_not_change_the_kennitala_itself(self):
        page = self.client.get(self.address("change"))
        self.assertContains(page, self.address("correct"))
        self.assertContains(page, self.address("unite"))
        self.assertNotContains(page, 'name="ssn"')

    def test_in_both_languages(self):
        for language in ("is", "en"):
            page = self.client.get(self.address("correct"), HTTP_ACCEPT_LANGUAGE=language)
            self.assertContains(page, TEXTS.languages[language]["correct.again"])


class UnitePageTests(PagesCase):
    """One entry of two."""

    def setUp(self):
        super().setUp()
        self.other = make_member(NEW, name="Jón Jónsson", status="suspended")
        self.other.contact_info.phone = "5559999"
        self.other.contact_info.facebook = "jon"
        self.other.contact_info.save()
        self.other.titles.add(Title.objects.create(name="Smiður"))
        for comrade in (self.comrade, self.other):
            ForeignAddress.objects.create(
                comrade=comrade, street_address="Gata", city="Oslo", country="NO", current=True
            )

    def ask(self):
        """The page that shows both entries."""
        return self.client.post(self.address("unite"), {"kennitala": NEW})

    def send(self, page, **chosen):
        """Choose, and confirm."""
        data = dict({"kennitala": NEW, "seen": page.context["seen"]}, **chosen)
        return self.client.post(self.address("unite"), data)

    def test_staff_see_what_differs_and_choose(self):
        page = self.ask()
        self.assertEqual(
            {row["path"] for row in page.context["rows"]} - {"membership.joined"},
            {"name", "profile.phone", "membership.status"},
        )
        self.assertEqual(self.send(page, **{"name": "gone"}).status_code, 302)
        kept = Comrade.objects.get()
        self.assertEqual((kept.ssn, kept.name, kept.status), (OLD, "Jón Jónsson", "active"))
        self.assertEqual(kept.contact_info.facebook, "jon")
        self.assertEqual([title.name for title in kept.titles.all()], ["Smiður"])
        self.assertEqual(kept.foreign_addresses.filter(current=True).count(), 1)
        self.assertEqual(kept.foreign_addresses.count(), 2)
        self.assertTrue(Move.objects.filter(old_ssn=NEW, new_ssn=OLD).exists())

    def test_what_loses_is_in_the_conflict_log_of_the_kept_entry(self):
        self.send(self.ask(), **{"name": "gone"})
        lost = dict(Conflict.objects.filter(ssn=OLD).values_list("field", "django_value"))
        self.assertEqual((lost["name"], lost["profile.phone"]), ("Jón", "5559999"))

    def test_nothing_is_done_if_either_entry_changed_meanwhile(self):
        page = self.ask()
        Comrade.objects.filter(pk=self.other.pk).update(name="Jón Nýi")
        self.assertEqual(self.send(page).status_code, 200)
        self.assertEqual(Comrade.objects.count(), 2)

    def test_what_the_page_showed_cannot_be_made_up(self):
        made_up = {"kennitala": NEW, "seen": self.ask().context["seen"][:-1] + "x"}
        self.assertEqual(self.client.post(self.address("unite"), made_up).status_code, 200)
        self.assertEqual(Comrade.objects.count(), 2)

    def test_a_value_that_the_field_cannot_take_is_refused_in_one_line(self):
        for wrong in ("", " ", "Jón\x07"):
            Comrade.objects.filter(pk=self.other.pk).update(name=wrong)
            answer = self.send(self.ask(), name="gone")
            self.assertEqual((answer.status_code, len(self.told(answer))), (200, 1), wrong)
            self.assertEqual(Comrade.objects.count(), 2)

    def test_the_other_entry_must_be_another_one(self):
        for kennitala in (OLD, "0101703000", "x"):
            answer = self.client.post(self.address("unite"), {"kennitala": kennitala})
            self.assertEqual(answer.status_code, 200)
            self.assertNotIn("rows", answer.context)
