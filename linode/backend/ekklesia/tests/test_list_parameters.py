"""Lists of the admin take the parameters that they declare, and no others."""

from django.contrib import admin
from django.test import RequestFactory, TestCase, modify_settings
from membership.models import Comrade
from membership.tests.members import KENNITALA, make_member
from membership.tests.pages import AdminTestCase
from sync.models import MemberSyncQueue

from ekklesia.list_parameters import LONGEST_VALUE, _undeclared
from ekklesia.log_masking import MaskingFormatter
from ekklesia.tests.recorded_log import recorded

MEMBERS = "/admin/membership/comrade/"
QUEUE = "/admin/sync/membersyncqueue/"
HERE = "ekklesia.list_parameters"
WITHOUT_THE_GUARD = modify_settings(MIDDLEWARE={"remove": HERE + ".DeclaredParametersOnly"})


class DeclaredTests(AdminTestCase):
    """What staff's own pages link to."""

    def test_search_order_pages_and_filters(self):
        make_member()
        for query in (
            "q=J%C3%B3n&o=2.-1&p=0&all=",
            "status__exact=active&reachable__exact=1&gender__exact=0&housing_situation__exact=6",
            "_popup=1&_to_field=id",
            "e=1",
        ):
            self.assertEqual(self.client.get(MEMBERS + "?" + query).status_code, 200, query)

    def test_dates_and_their_hierarchy(self):
        make_member()
        for query in (
            "created_at__gte=2020-01-01&created_at__lt=2030-01-01",
            "created_at__year=2026&created_at__month=1&created_at__day=2",
        ):
            self.assertEqual(self.client.get(QUEUE + "?" + query).status_code, 200, query)

    def test_every_list_that_there_is_opens_with_each_of_its_filters(self):
        make_member()
        for model in admin.site._registry:
            page = "/admin/{}/{}/".format(model._meta.app_label, model._meta.model_name)
            answer = self.client.get(page)
            self.assertEqual(answer.status_code, 200, page)
            changes = answer.context["cl"]
            for spec in changes.filter_specs:
                link = page + list(spec.choices(changes))[-1]["query_string"]
                self.assertEqual(self.client.get(link).status_code, 200, link)


class RefusedTests(AdminTestCase):
    """What only a forged link has."""

    def test_a_parameter_that_no_list_has(self):
        Comrade.objects.create(ssn="0101701234", name="Jón")
        for page in (
            MEMBERS,
            QUEUE,
            "/admin/sync/conflict/",
            "/admin/auth/user/",
            "/admin/membership/union/",
        ):
            for query in (
                "_connector=OR 1=1 OR",
                "_negated=1",
                "id__in=1",
                "pk=1",
                "password__startswith=p",
                "contact_info__email__startswith=a",
                "member__ssn__startswith=01",
                "status__exact__exact=active",
                "status__in=active&name__regex=(a%2B)%2B$",
                "user__password__contains=x",
                "ot=asc",
            ):
                answer = self.client.get("{}?{}".format(page, query))
                self.assertEqual(answer.status_code, 400, (page, query))
                self.assertContains(answer, 'href="{}"'.format(page), status_code=400)

    def test_the_guard_is_what_refuses(self):
        """Without it Django looks members up by the beginning of a kennitala, which the list masks."""
        make_member()
        forged = MEMBERS + "?ssn__startswith=0101701"
        self.assertEqual(self.client.get(forged).status_code, 400)
        with WITHOUT_THE_GUARD:
            self.client = self.client_class()
            self.client.force_login(self.user)
            self.assertContains(self.client.get(forged), "Jón")

    def test_an_action_of_such_a_list_does_nothing(self):
        make_member()
        comrade = Comrade.objects.get()
        self.act(MEMBERS + "?ssn__startswith=01", "delete_selected", [comrade], post="yes")
        self.assertTrue(Comrade.objects.exists())
        self.act(QUEUE + "?ssn__startswith=01", "mark_synced", [MemberSyncQueue.objects.get()])
        self.assertEqual(MemberSyncQueue.objects.get().sync_status, "pending")

    def test_a_value_that_is_no_search(self):
        for value in ("x" * (LONGEST_VALUE + 1), "a\0b"):
            self.assertEqual(self.client.get(MEMBERS, {"q": value}).status_code, 400)
        self.assertEqual(self.client.get(MEMBERS, {"q": "x" * LONGEST_VALUE}).status_code, 200)

    def test_a_list_without_a_search_has_none(self):
        model_admin = type("Plain", (admin.ModelAdmin,), {})(MemberSyncQueue, admin.site)
        request = RequestFactory().get("/", {"q": "x", "o": "1"})
        request.user = self.user
        self.assertEqual(_undeclared(model_admin, request), {"q"})

    def test_what_is_logged_is_no_person_and_no_line_of_another(self):
        forged = {"_connector": "x", "Gunnlöð": "1", "a\nERROR forged": "1", KENNITALA: "1", "x" * 400: "1"}
        with recorded(HERE, MaskingFormatter("%(levelname)s %(message)s")) as log:
            self.client.get(MEMBERS, forged)
        self.assertEqual(log.getvalue(), "WARNING refused a list of membership.Comrade: _connector, 4 more\n")


class VisitorTests(TestCase):
    """Who is not logged in."""

    def test_a_visitor_is_asked_to_log_in_and_learns_nothing_of_the_list(self):
        answer = self.client.get(MEMBERS + "?_connector=OR")
        self.assertEqual((answer.status_code, answer["Location"][:13]), (302, "/admin/login/"))
