"""Who may call which address of the API: the whole table, by every kind of token."""

from datetime import timedelta

from django.contrib.auth.models import Permission
from django.test import TestCase
from django.urls import NoReverseMatch, get_resolver, reverse
from django.utils import timezone
from membership.models import ForeignAddress
from membership.tests.members import KENNITALA, make_member

from api_access.models import ApiToken
from api_access.routes import EVERY_FUNCTION, FUNCTIONS, PERSONS_SCOPES, ROUTES, route_of
from api_access.tests.issued import caller, issue, issue_to, staff
from api_access.tokens import digest_of

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
UNSEEN = 428
"""The status of a change that is allowed, and does not say what its author saw."""
REFUSED = 403


def names_below_the_api():
    """The names of all addresses under /felagar/api/."""
    return {
        name
        for name in get_resolver().reverse_dict
        if isinstance(name, str) and _address(name).startswith("/felagar/api")
    }


def _address(name):
    for arguments in ({}, {"ssn": KENNITALA}, {"pk": 1}, {"ssn": KENNITALA, "pk": 1}):
        try:
            return reverse(name, kwargs=arguments)
        except NoReverseMatch:
            continue
    return ""


class TableTests(TestCase):
    """Each call of each address, by each token."""

    def setUp(self):
        ForeignAddress.objects.create(
            pk=1, comrade=make_member(), street_address="Gade 1", city="Aarhus", country="DK"
        )
        self.calls = [(name, method) for name in sorted(names_below_the_api()) for method in METHODS]

    def permitted(self, token):
        """The calls that a token is not refused, whatever else comes of them."""
        client = caller(token)
        client.raise_request_exception = False
        return {
            (name, method)
            for name, method in self.calls
            if client.generic(method, _address(name), "{}", "application/json").status_code
            not in (401, REFUSED)
        }

    def test_every_address_of_the_api_is_in_the_table_and_no_other(self):
        self.assertEqual({route.route for route in ROUTES}, names_below_the_api())

    def test_a_function_may_do_what_the_table_says_and_nothing_else(self):
        for name, scopes in FUNCTIONS.items():
            wanted = {(route.route, route.method) for route in ROUTES if route.scope in scopes}
            self.assertEqual(self.permitted(issue(name)), wanted, name)

    def test_no_function_reaches_the_register_past_the_sync(self):
        for name in [*FUNCTIONS, EVERY_FUNCTION, "unknown"]:
            reached = {route for route, _ in self.permitted(issue(name))}
            self.assertFalse([route for route in reached if not route.startswith("sync-")], name)

    def test_a_persons_scope_opens_its_own_calls_only(self):
        owner = staff()
        for scope in PERSONS_SCOPES:
            wanted = {(route.route, route.method) for route in ROUTES if route.scope == scope}
            self.assertEqual(self.permitted(issue_to(owner, [scope])), wanted, scope)

    def test_no_person_has_a_scope_of_the_functions(self):
        scopes = {route.scope for route in ROUTES}
        wanted = {(route.route, route.method) for route in ROUTES if route.right}
        self.assertEqual(self.permitted(issue_to(staff(), scopes)), wanted)

    def test_no_token_calls_nothing(self):
        self.assertEqual(self.permitted(None), set())
        self.assertEqual(self.permitted("0" * 40), set())

    def test_what_is_not_in_the_table_is_refused(self):
        self.assertIsNone(route_of("comrade-list", "POST"))
        self.assertIsNone(route_of("comrade-list", "OPTIONS"))


class PersonTests(TestCase):
    """A token is worth what its owner may do now."""

    def setUp(self):
        make_member()
        self.owner = staff(is_superuser=False)
        self.token = issue_to(self.owner)

    def statuses(self):
        address = "/felagar/api/full/{}/".format(KENNITALA)
        client = caller(self.token)
        return client.get(address).status_code, client.patch(address, {}, format="json").status_code

    def grant(self, name):
        self.owner.user_permissions.add(Permission.objects.get(codename=name))

    def test_rights_come_and_go_with_the_person(self):
        self.assertEqual(self.statuses(), (REFUSED, REFUSED))
        self.grant("view_comrade")
        self.assertEqual(self.statuses(), (200, REFUSED))
        self.grant("change_comrade")
        self.assertEqual(self.statuses(), (200, UNSEEN))
        self.owner.user_permissions.clear()
        self.assertEqual(self.statuses(), (REFUSED, REFUSED))

    def test_who_is_no_longer_staff_or_active_has_no_token(self):
        self.grant("view_comrade")
        for lost in ("is_staff", "is_active"):
            with self.subTest(lost):
                setattr(self.owner, lost, False)
                self.owner.save()
                self.assertEqual(self.statuses(), (401, 401))
                setattr(self.owner, lost, True)
                self.owner.save()

    def test_expired_and_revoked(self):
        self.grant("view_comrade")
        past = timezone.now() - timedelta(seconds=1)
        for ended in ("expires", "revoked"):
            ApiToken.objects.update(**{"expires": None, "revoked": None, ended: past})
            self.assertEqual(self.statuses(), (401, 401), ended)


class KeptTests(TestCase):
    """What the database holds of a token."""

    def test_no_token_is_kept_and_its_use_is(self):
        token = issue("track_member_changes")
        caller(token).post("/felagar/api/sync/apply/", {}, format="json")
        kept = ApiToken.objects.values().get()
        self.assertNotIn(token, str(kept))
        self.assertEqual(kept["digest"], digest_of(token))
        self.assertIsNotNone(kept["last_used"])

    def test_a_digest_is_no_token(self):
        token = issue("bidirectional_sync")
        self.assertEqual(caller(digest_of(token)).get("/felagar/api/sync/changes/").status_code, 401)

    def test_only_the_functions_that_people_decide_by_release_what_is_held(self):
        body = {"version": 1, "read_time": "2026-01-01T00:00:00Z", "released": {KENNITALA: "f" * 64}}
        body["documents"] = [
            {"kennitala": KENNITALA, "document": None, "update_time": None, "operation": None}
        ]
        for name in FUNCTIONS:
            answer = caller(issue(name)).post("/felagar/api/sync/release/", body, format="json")
            expected = 200 if name in ("decideheld", "operatordecision") else REFUSED
            self.assertEqual(answer.status_code, expected, (name, answer.content))
