"""The ready-made roles, and the front page that each of them sees."""

from django.apps import apps
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db import DEFAULT_DB_ALIAS
from django.test import TestCase
from membership.tests.members import make_member

from staff import roles

MEMBERS, QUEUE, LETTERS, AUDIENCES = PAGES = (
    "/admin/membership/comrade/",
    "/admin/sync/membersyncqueue/",
    "/admin/communication/email/",
    "/admin/communication/audience/",
)
SEEN = {
    "office": {MEMBERS, QUEUE, LETTERS, AUDIENCES},
    "events": {MEMBERS, LETTERS, AUDIENCES},
    "mail": {MEMBERS, LETTERS, AUDIENCES},
    "read-only": {MEMBERS, QUEUE, LETTERS, AUDIENCES},
}
"""Told here once more: what each role finds."""
MAY_ADD = {
    "office": {MEMBERS, LETTERS, AUDIENCES},
    "events": set(),
    "mail": {LETTERS, AUDIENCES},
    "read-only": set(),
}


class RoleTests(TestCase):
    """As somebody with one role meets the admin."""

    def person(self, role):
        user = get_user_model().objects.create_user(role, is_staff=True)
        user.groups.add(Group.objects.get(name=roles.PREFIX + role))
        self.client.force_login(user)
        return user

    def test_each_role_sees_what_it_is_for_and_nothing_else(self):
        make_member()
        for role, seen in SEEN.items():
            self.person(role)
            for page in (*PAGES, "/admin/auth/user/", "/admin/api_access/apitoken/"):
                wanted = 200 if page in seen else 403
                self.assertEqual(self.client.get(page).status_code, wanted, (role, page))

    def test_each_role_adds_what_it_is_for(self):
        for role, may_add in MAY_ADD.items():
            self.person(role)
            for page in (MEMBERS, LETTERS, AUDIENCES):
                wanted = 200 if page in may_add else 403
                self.assertEqual(self.client.get(page + "add/").status_code, wanted, (role, page))

    def test_no_role_gives_rights_or_erases(self):
        for role in roles.ROLES:
            user = self.person(role)
            for right in (
                "membership.delete_comrade",
                "auth.change_user",
                "auth.change_group",
                "api_access.change_apitoken",
            ):
                self.assertFalse(user.has_perm(right), (role, right))

    def test_rights_that_somebody_gave_a_role_go_with_the_next_release(self):
        office = Group.objects.get(name=roles.PREFIX + "office")
        office.permissions.add(Permission.objects.get(codename="delete_comrade"))
        office.permissions.remove(Permission.objects.get(codename="view_comrade"))
        roles.keep(apps.get_app_config("membership"), DEFAULT_DB_ALIAS)
        user = self.person("office")
        self.assertTrue(user.has_perm("membership.view_comrade"))
        self.assertFalse(user.has_perm("membership.delete_comrade"))

    def test_every_right_of_a_role_is_one_of_djangos(self):
        there = {
            "{}.{}".format(each.content_type.app_label, each.codename)
            for each in Permission.objects.select_related("content_type")
        }
        for role, rights in roles.ROLES.items():
            self.assertLessEqual(rights, there, role)


class FrontPageTests(TestCase):
    """What comes first, and what is not there at all."""

    def applications(self):
        return [each["app_label"] for each in self.client.get("/admin/").context["app_list"]]

    def test_members_come_first(self):
        superuser = get_user_model().objects.create_superuser("gudrun", "gudrun@example.is", "x")
        self.client.force_login(superuser)
        self.assertEqual(self.applications(), ["membership", "communication", "sync", "auth", "api_access"])
        models = [each["object_name"] for each in self.client.get("/admin/").context["app_list"][0]["models"]]
        self.assertEqual((models[0], set(models[1:])), ("Comrade", {"Union", "Title"}))

    def test_the_portal_is_linked(self):
        self.client.force_login(get_user_model().objects.create_superuser("gudrun", "gudrun@example.is", "x"))
        member = make_member()
        self.assertNotContains(self.client.get("/admin/"), "portal.example")
        with self.settings(PORTAL_URL="https://portal.example"):
            self.assertContains(self.client.get("/admin/"), 'href="https://portal.example"')
            page = self.client.get("{}{}/change/".format(MEMBERS, member.pk))
            self.assertContains(page, 'href="https://portal.example/admin/members/{}"'.format(member.pk))


class AccountPageTests(TestCase):
    """A superuser gives a role by ticking one box."""

    def setUp(self):
        self.client.force_login(get_user_model().objects.create_superuser("gudrun", "gudrun@example.is", "x"))
        session = self.client.session
        session["staff_confirmed"] = 2**40
        session.save()
        self.person = get_user_model().objects.create_user("jon", is_staff=True)
        self.page = "/admin/auth/user/{}/change/".format(self.person.pk)

    def test_roles_instead_of_rights(self):
        for language, words in (("is", "Skrifstofa: "), ("en", "Office: ")):
            page = self.client.get(self.page, HTTP_ACCEPT_LANGUAGE=language)
            self.assertContains(page, words)
            self.assertContains(page, 'name="groups"', count=len(roles.ROLES))
            self.assertNotContains(page, 'name="user_permissions"')

    def test_rights_from_before_are_shown_where_there_are_any(self):
        self.person.user_permissions.add(Permission.objects.get(codename="view_comrade"))
        self.assertContains(self.client.get(self.page), 'name="user_permissions"')
