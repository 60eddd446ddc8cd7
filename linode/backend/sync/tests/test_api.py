"""The API's contract: shapes, statuses, bad input, and a cost that does not grow with the batch."""

import json

from api_access.tests.issued import caller
from django.db import connection
from django.test.utils import CaptureQueriesContext
from membership.models import Comrade, ContactInfo
from membership.tests.members import KENNITALA, make_member
from merge_engine.documents import content_hash, flatten

from sync.models import Conflict, Intent, MemberSyncQueue, Shadow
from sync.tests.api import ApiTestCase
from sync.tests.cloud import Cloud

ADDRESSES = ["changes/", "status/", "hashes/", "member/0101701234/"]


class AccessTests(ApiTestCase):
    """Who may call; api_access/tests has the whole table."""

    def test_no_token_and_a_wrong_one(self):
        for token in (None, "0" * 40, "\x00"):
            for address in ADDRESSES:
                answer = caller(token).get("/felagar/api/sync/" + address)
                self.assertEqual(answer.status_code, 401, address)

    def test_a_session_is_no_token(self):
        client = caller()
        client.force_login(self.user)
        self.assertEqual(client.get("/felagar/api/sync/status/").status_code, 401)

    def test_unknown_address_is_json(self):
        answer = self.client.get("/felagar/api/nothing/")
        self.assertEqual((answer.status_code, answer.json()["code"]), (404, "not_found"))


class BadInputTests(ApiTestCase):
    """Refused requests."""

    def documents(self, **changes):
        entry = dict(
            {"kennitala": KENNITALA, "document": None, "update_time": None, "operation": None}, **changes
        )
        return {"version": 1, "read_time": "2026-01-01T00:00:00Z", "documents": [entry]}

    def assert_refused(self, path, body):
        answer = self.raw(path, body)
        self.assertEqual(answer.status_code, 400, (body, answer.content))
        self.assertEqual(answer["Content-Type"], "application/json")

    def test_apply(self):
        good = self.documents()
        entry = good["documents"][0]
        bodies = [[], {}, dict(good, version="1"), dict(good, version=True)]
        bodies += [dict(good, documents=value) for value in ([], {}, None, ["x"], [entry] * 2)]
        bodies += [dict(good, documents=[dict(entry, kennitala="%010d" % n) for n in range(501)])]
        bodies += [dict(good, read_time=value) for value in (None, "", "yesterday", "2026-01-01", 5)]
        bodies += [dict(good, dry_run="yes")]
        bodies += [
            self.documents(kennitala=value)
            for value in (None, 101701234, "010170-1234", "０１０１７０１２３４", "")
        ]
        bodies += [self.documents(document=value) for value in ("x", 1, [])]
        bodies += [self.documents(document={}), self.documents(document={}, update_time="soon")]
        bodies += [self.documents(operation=value) for value in (1, "", "x" * 101, "a\x00b")]
        for body in bodies:
            self.assert_refused("apply/", body)

    def test_mark_synced(self):
        failure = {"kennitala": KENNITALA, "message": "no", "permanent": True}
        landed = {"kennitala": KENNITALA, "operation": "a", "rev": 1, "update_time": "2026-01-01T00:00:00Z"}
        bodies = [{}, {"version": 1}, {"version": 1, "failures": [dict(failure, permanent=1)]}]
        bodies += [
            {"version": 1, "failures": [dict(failure, message=None)]},
            {"version": 1, "failures": [failure] * 2},
        ]
        bodies += [
            {"version": 1, "acknowledgements": [dict(landed, **change)]}
            for change in ({"rev": "1"}, {"rev": -1})
        ]
        bodies += [{"version": 1, "acknowledgements": [dict(landed, update_time="x")]}]
        bodies += [{"sync_ids": value} for value in ([], None, "1", ["1"], [1.5], [True], [2**40])]
        for body in bodies:
            self.assert_refused("mark-synced/", body)

    def test_claim_and_pages(self):
        for body in (
            {},
            {"worker": ""},
            {"worker": "w", "limit": 0},
            {"worker": "w", "lease_seconds": 10**9},
        ):
            self.assert_refused("changes/", body)
        for body in ({"after": "x"}, {"limit": "1"}, []):
            self.assert_refused("hashes/", body)
        for query in ("changes/?since=yesterday", "changes/?since=2026-02-31T00:00:00Z", "changes/?limit=x"):
            self.assert_refused(query, None)

    def test_bodies_that_are_no_json(self):
        deep = "[" * 100000 + "]" * 100000
        for body in ("", "{", "[NaN]", deep, "\x00", b"\xff"):
            answer = self.client.post("/felagar/api/sync/apply/", data=body, content_type="application/json")
            self.assertEqual(answer.status_code, 400, body[:20])

    def test_form_is_not_taken(self):
        answer = self.client.post(
            "/felagar/api/sync/apply/", "a=b", content_type="application/x-www-form-urlencoded"
        )
        self.assertEqual(answer.status_code, 415)

    def test_a_bad_value_is_an_error_of_its_member_alone(self):
        documents = [
            {
                "kennitala": "010170123%d" % number,
                "document": {"name": name},
                "update_time": "2026-01-01T00:00:00Z",
            }
            for number, name in enumerate(["Jón", "J\x00n", 7, "x" * 256, None])
        ]
        body = {"version": 1, "read_time": "2026-01-01T00:00:00Z", "documents": documents}
        results = self.sync("apply/", body)["results"]
        outcomes = [results[entry["kennitala"]]["outcome"] for entry in documents]
        self.assertEqual(outcomes, ["write", "error", "error", "error", "error"])
        errors = [results[entry["kennitala"]]["error"] for entry in documents[1:]]
        self.assertTrue(all(error["permanent"] and error["message"].startswith("name ") for error in errors))
        self.assertEqual(MemberSyncQueue.objects.filter(dead=True).count(), 4)
        self.assertEqual(Comrade.objects.count(), 1)


class ShapeTests(ApiTestCase):
    """Answers."""

    def test_claim(self):
        comrade = make_member()
        answer = self.sync("changes/", {"worker": "w", "limit": 10, "lease_seconds": 60})
        (change,) = answer["changes"]
        wanted = {"id", "kennitala", "action", "fields_changed", "rev", "created_at", "retry_count"}
        self.assertEqual(set(change), wanted)
        self.assertEqual((change["kennitala"], change["action"]), (comrade.ssn, "create"))
        self.assertEqual(answer["remaining"], 0)
        self.assertEqual(self.sync("changes/", {"worker": "v", "limit": 10})["changes"], [])

    def test_list_is_read_only(self):
        make_member()
        for _ in range(2):
            self.assertEqual(len(self.sync("changes/?limit=10")["changes"]), 1)

    def test_write_and_acknowledgement(self):
        comrade = make_member()
        body = Cloud().read()
        result = self.sync("apply/", body)["results"][KENNITALA]
        self.assertEqual(result["outcome"], "write")
        write = result["write"]
        self.assertEqual(write["precondition"], {"exists": False})
        self.assertEqual(write["document"]["membership"]["djangoId"], comrade.pk)
        self.assertEqual(
            write["document"]["profile"]["address"], {"street": None, "postalcode": None, "city": None}
        )
        landed = {"kennitala": KENNITALA, "operation": write["operation"], "rev": write["rev"]}
        landed["update_time"] = "2026-01-01T00:00:00.123456789Z"
        body = {"version": 1, "acknowledgements": [landed], "failures": []}
        self.assertEqual(self.sync("mark-synced/", body), {"results": {KENNITALA: "acknowledged"}})
        self.assertEqual(self.sync("mark-synced/", body), {"results": {KENNITALA: "dead_intent"}})

    def test_update_time_is_echoed_as_it_was_sent(self):
        make_member()
        body = Cloud().read()
        text = "2026-01-01T01:00:00.100000000+01:00"
        body["documents"][0].update(document={"name": "Annað"}, update_time=text)
        write = self.sync("apply/", body)["results"][KENNITALA]["write"]
        self.assertEqual(write["precondition"], {"update_time": text})

    def test_dry_run_writes_nothing_and_says_why(self):
        cloud = Cloud()
        make_member()
        cloud.reconcile()
        cloud.edit("profile.email", "new@example.is")
        Comrade.objects.update(name="Jón Sigurðsson")
        tables = (Shadow, Intent, Conflict, MemberSyncQueue, Comrade, ContactInfo)
        before = [list(table.objects.order_by("pk").values()) for table in tables]
        body = dict(cloud.read(KENNITALA, "0202802229"), dry_run=True)
        results = self.sync("apply/", body)["results"]
        changes = results[KENNITALA]["changes"]
        django = {"field": "profile.email", "before": "jon@example.is", "after": "new@example.is"}
        firestore = {"field": "name", "before": "Jón Jónsson", "after": "Jón Sigurðsson"}
        self.assertEqual(changes["django"], [dict(django, reason="changed in firestore")])
        self.assertEqual(changes["firestore"], [dict(firestore, reason="changed in django")])
        self.assertEqual(results["0202802229"]["outcome"], "clean")
        self.assertEqual(before, [list(table.objects.order_by("pk").values()) for table in tables])

    def test_hashes(self):
        cloud = Cloud()
        for number in range(5):
            make_member("010170123%d" % number)
        first = self.sync("hashes/", {"limit": 3})
        second = self.sync("hashes/", {"after": first["next"], "limit": 3})
        members = first["members"] + second["members"]
        self.assertEqual(
            [entry["kennitala"] for entry in members], ["010170123%d" % number for number in range(5)]
        )
        self.assertIsNone(second["next"])
        self.assertEqual(self.sync("hashes/?limit=3"), first)
        cloud.reconcile("0101701230")
        values = flatten(cloud.documents["0101701230"]["values"])
        self.assertEqual(members[0]["hash"], content_hash(values))

    def test_status(self):
        make_member()
        summary = self.asked_by_staff("status/").json()
        self.assertEqual((summary["pending"], summary["synced"], summary["failed"]), (1, 0, 0))
        self.assertIsNotNone(summary["oldest_pending"])

    def test_dead_letter_is_shown_masked_with_its_reason(self):
        make_member()
        failure = {"kennitala": KENNITALA, "message": "no\x00pe", "permanent": True}
        self.sync("mark-synced/", {"version": 1, "failures": [failure]})
        (letter,) = self.asked_by_staff("status/").json()["dead_letters"]
        self.assertEqual((letter["kennitala"], letter["reason"]), ("010170-****", "nope"))

    def test_member(self):
        make_member()
        answer = self.asked_by_staff("member/{}/".format(KENNITALA)).json()
        self.assertEqual(answer["document"]["name"], "Jón Jónsson")
        self.assertEqual(self.asked_by_staff("member/0202802229/").status_code, 404)

    def test_member_with_a_value_that_cannot_travel(self):
        make_member()
        ContactInfo.objects.update(phone="none")
        answer = self.asked_by_staff("member/{}/".format(KENNITALA)).json()["document"]
        self.assertEqual((answer["name"], "phone" in answer["profile"]), ("Jón Jónsson", False))
        self.assertEqual(self.sync("hashes/", {})["members"][0]["hash"], "unconvertible")
        result = self.sync("apply/", Cloud().read())["results"][KENNITALA]
        self.assertEqual(
            result["resting"], {"profile.phone": "in Django: profile.phone is not a phone number"}
        )

    def test_cost_does_not_grow_with_the_batch(self):
        self.assertEqual(self.statements(2), self.statements(60))

    def test_cost_does_not_grow_with_the_deletions(self):
        self.assertEqual(self.statements(11, deleted=1), self.statements(60, deleted=9))

    def statements(self, size, deleted=0):
        cloud = Cloud()
        kennitalas = ["%010d" % (3000000000 + size * 1000 + number) for number in range(size)]
        for kennitala in kennitalas:
            make_member(kennitala)
        cloud.reconcile(*kennitalas)
        for kennitala in kennitalas:
            cloud.edit("profile.email", "new@example.is", kennitala)
            cloud.edit("membership.status", "left", kennitala)
        for kennitala in kennitalas[:deleted]:
            cloud.delete(kennitala)
        body = json.loads(json.dumps(cloud.read(*kennitalas)))
        with CaptureQueriesContext(connection) as queries:
            self.sync("apply/", body)
        return len(queries)
