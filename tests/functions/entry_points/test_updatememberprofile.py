"""A change of a profile, asked for by the member or by staff."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from tests.functions.both_halves import ANNA, JON
from tests.functions.entry_points.calls import Serve, call, id_token, put


def test_a_profile_change_writes_document_and_entry(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, JON, verified=True)
    updates = {"name": "Jón J. Jónsson", "phone": "+354 555 4321"}

    answer = call(
        serve("updatememberprofile"),
        {"kennitala": "010170-1234", "updates": updates},
        id_token(project, kennitala=JON),
    )

    assert answer.json["result"]["updated"] == ["name", "profile.phone"]
    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert (stored["name"], stored["profile"]["phone"]) == ("Jón J. Jónsson", "5554321")
    assert (stored["profile"]["email"], stored["verified"]) == ("jon@example.is", True)
    entry = client.collection("sync_queue").document(answer.json["result"]["queueId"]).get().to_dict() or {}
    assert entry["changes"] == {"name": "Jón J. Jónsson", "profile.phone": "5554321"}
    assert (entry["kennitala"], entry["status"], entry["target"]) == (JON, "pending", "django")
    assert stored["lastEdit"] == answer.json["result"]["queueId"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"kennitala": ANNA, "updates": {"name": "X"}}, 403),
        ({"kennitala": JON, "updates": {"roles": ["admin"]}}, 400),
        ({"kennitala": JON, "updates": {"membership": {"status": "active"}}}, 400),
        ({"kennitala": JON, "updates": {"email": "x"}}, 400),
        ({"kennitala": JON, "updates": {}}, 400),
        ({"kennitala": JON, "updates": []}, 400),
        ({"kennitala": 101701234, "updates": {"name": "X"}}, 400),
        ({"kennitala": "x", "updates": {"name": "X"}}, 400),
        ({"updates": {"name": "X"}}, 400),
        ({"kennitala": JON, "updates": {"name": "X"}, "more": 1}, 400),
        (None, 400),
        ("text", 400),
    ],
)
def test_a_profile_change_that_is_not_the_members_own_is_refused(
    serve: Serve, project: str, client: firestore.Client, data: Any, status: int
) -> None:
    put(client, JON)

    answer = call(serve("updatememberprofile"), data, id_token(project, kennitala=JON))

    assert answer.status_code == status
    assert answer.json["error"]["message"]
    assert list(client.collection("sync_queue").stream()) == []


def test_a_profile_change_of_nobody_is_refused(serve: Serve, project: str, client: firestore.Client) -> None:
    answer = call(
        serve("updatememberprofile"),
        {"kennitala": JON, "updates": {"name": "X"}},
        id_token(project, kennitala=JON),
    )

    assert (answer.status_code, answer.json["error"]["status"]) == (404, "NOT_FOUND")
    assert list(client.collection("sync_queue").stream()) == []


def test_staff_may_change_another_members_profile(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, ANNA)
    put(client, JON, roles=["admin"])

    answer = call(
        serve("updatememberprofile"),
        {"kennitala": ANNA, "updates": {"name": "Anna Önnudóttir", "profile.address.city": "Akureyri"}},
        id_token(project, kennitala=JON, roles=["member", "admin"]),
    )

    assert answer.status_code == 200
    stored = client.collection("members").document(ANNA).get().to_dict() or {}
    assert stored["profile"]["address"] == {"street": "Dæmigata 1", "postalcode": "101", "city": "Akureyri"}
    assert stored["name"] == "Anna Önnudóttir"
    [entry] = client.collection("sync_queue").stream()
    assert (entry.id, entry.get("kennitala"), entry.get("target")) == (stored["lastEdit"], ANNA, "django")


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ({"name": "Anna Jónsdóttir", "profile.phone": None}, 200),
        ({"name": "Anna", "profile.phone": None}, 409),
        ({"name": "Anna Jónsdóttir"}, 400),
        ({}, 400),
        ([], 400),
        (None, 200),
    ],
    ids=["as it is", "changed since", "not all", "none", "no map", "an earlier page"],
)
def test_nobody_writes_over_what_they_have_not_seen(
    seen: object, status: int, serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, ANNA, name="Anna Jónsdóttir", profile={"phone": None})
    put(client, JON, roles=["admin"])
    data = {"kennitala": ANNA, "updates": {"name": "Önnur", "phone": "5551234"}}
    staff = id_token(project, kennitala=JON, roles=["member", "admin"])

    answer = call(serve("updatememberprofile"), data | ({} if seen is None else {"seen": seen}), staff)

    assert answer.status_code == status, answer.json
    name = client.collection("members").document(ANNA).get().get("name")
    assert name == ("Önnur" if status == 200 else "Anna Jónsdóttir")
    if status == 409:
        error = answer.json["error"]
        assert (error["status"], error["message"]) == ("ABORTED", "changed since it was shown: name")


def test_an_edit_that_changes_nothing_writes_nothing(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, JON)
    before = client.collection("members").document(JON).get().update_time

    data = {"kennitala": JON, "updates": {"email": "jon@example.is"}}
    answer = call(serve("updatememberprofile"), data, id_token(project, kennitala=JON))

    assert answer.json["result"] == {"updated": [], "queueId": None}
    assert client.collection("members").document(JON).get().update_time == before
    assert list(client.collection("sync_queue").stream()) == []


def test_a_member_edits_no_more_often_than_the_rules_take(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    now = datetime.now(UTC)
    put(client, JON, editPlace=22, editTimes={str(place): now for place in range(23)})
    served, token = serve("updatememberprofile"), id_token(project, kennitala=JON)

    def ask(number: int) -> int:
        data = {"kennitala": JON, "updates": {"email": f"number-{number}@example.is"}}
        return int(call(served, data, token).status_code)

    assert [ask(number) for number in range(4)] == [200, 200, 429, 429]
    old = {"editTimes.`0`": now - timedelta(seconds=61)}
    client.collection("members").document(JON).update(old)
    assert ask(5) == 200


def test_the_entry_says_who_edited_and_as_what(serve: Serve, project: str, client: firestore.Client) -> None:
    put(client, ANNA)
    put(client, JON, roles=["admin"])
    served = serve("updatememberprofile")
    token = id_token(project, uid="kenni:jon", kennitala=JON, roles=["member", "admin"])
    for kennitala in (JON, ANNA):
        call(served, {"kennitala": kennitala, "updates": {"name": "Nýtt Nafn"}}, token)

    entries = [entry.to_dict() or {} for entry in client.collection("sync_queue").stream()]
    edited = {entry["kennitala"]: (entry["editedBy"], entry["editedAs"]) for entry in entries}
    assert edited == {JON: ("kenni:jon", "member"), ANNA: ("kenni:jon", "staff")}
