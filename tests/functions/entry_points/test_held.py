"""Who may decide what is held: superusers who are one now, and operators by their own accounts."""

from __future__ import annotations

import base64
import json
import time
from typing import Any

import pytest
from google.cloud import firestore

from runtime.caller import RECENT_SECONDS
from sync import deployed
from sync.order import Order
from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.entry_points.calls import Serve, call, id_token, put

MEMBERS = [f"01017{number:05}" for number in range(12)]
OPERATOR = "operator-gudrun@demo.iam.gserviceaccount.com"


@pytest.fixture
def shown(django: MemoryPeer, client: firestore.Client) -> dict[str, Any]:
    """The held run of a register whose documents were removed, as a person sees it."""
    for kennitala in MEMBERS:
        django.put(document(kennitala))
    sync = deployed.deployed_sync()
    sync.run(Order())
    for kennitala in MEMBERS:
        client.collection("members").document(kennitala).delete()
    assert sync.run(Order(mode="full"))["held"] == len(MEMBERS)
    return sync.held.waiting() or {}


def decision(shown: dict[str, Any], what: str = "released") -> dict[str, Any]:
    return {"id": shown["id"], "hash": shown["hash"], "decision": what}


def superusers_token(project: str) -> str:
    return id_token(project, kennitala=ANNA, roles=["member", "superuser"])


def as_operator(email: str | None = OPERATOR) -> dict[str, str]:
    """The header as Cloud Run hands it on: an identity token without its signature."""
    claims = {"email": email} if email else {}
    payload = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return {"Authorization": f"Bearer e30.{payload}.SIGNATURE_REMOVED_BY_GOOGLE"}


def audited_lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in lines if line.get("audit")]


def test_a_superuser_releases_what_is_held(
    serve: Serve,
    project: str,
    client: firestore.Client,
    django: MemoryPeer,
    shown: dict[str, Any],
    capsys: pytest.CaptureFixture[str],
) -> None:
    put(client, ANNA, roles=["superuser"])

    capsys.readouterr()

    answer = call(serve("decideheld"), decision(shown), superusers_token(project))

    assert answer.json["result"]["decision"] == "released", answer.json
    assert not set(MEMBERS) & set(django.tables.members)
    [audited] = audited_lines(capsys)
    assert audited["who"] == "kenni:x"
    assert (audited["role"], audited["held_run"]) == ("superuser", shown["id"])
    again = call(serve("decideheld"), decision(shown), superusers_token(project))
    assert again.json["error"]["status"] == "FAILED_PRECONDITION"
    [audited] = audited_lines(capsys)
    assert (audited["who"], audited["message"]) == ("kenni:x", "a decision on a held run did not count")


@pytest.mark.parametrize(
    "present",
    [
        {"roles": ["admin"]},
        {"roles": ["member"]},
        {"roles": []},
        {"roles": ["superuser"], "membership": {"status": "left"}},
        {"roles": ["superuser"], "membership": {"status": "suspended"}},
        None,
    ],
)
def test_who_is_no_superuser_now_decides_nothing_whatever_their_token_says(
    serve: Serve,
    project: str,
    client: firestore.Client,
    django: MemoryPeer,
    shown: dict[str, Any],
    present: dict[str, Any] | None,
) -> None:
    if present is not None:
        put(client, ANNA, **present)

    answer = call(serve("decideheld"), decision(shown), superusers_token(project))

    assert answer.json["error"]["status"] == "PERMISSION_DENIED"
    assert set(MEMBERS) <= set(django.tables.members)


def test_an_administrators_token_decides_nothing(
    serve: Serve, project: str, client: firestore.Client, django: MemoryPeer, shown: dict[str, Any]
) -> None:
    put(client, ANNA, roles=["superuser"])
    token = id_token(project, kennitala=ANNA, roles=["member", "admin"])

    assert call(serve("decideheld"), decision(shown), token).json["error"]["status"] == "PERMISSION_DENIED"
    assert call(serve("decideheld"), decision(shown), None).json["error"]["status"] == "UNAUTHENTICATED"
    assert set(MEMBERS) <= set(django.tables.members)


@pytest.mark.parametrize(
    "change", [{"hash": "x"}, {"id": "../x"}, {"decision": "held"}, {"more": 1}, {"hash": None}]
)
def test_what_is_no_decision_is_refused(
    serve: Serve, project: str, client: firestore.Client, shown: dict[str, Any], change: dict[str, Any]
) -> None:
    put(client, ANNA, roles=["superuser"])

    answer = call(serve("decideheld"), decision(shown) | change, superusers_token(project))

    assert answer.json["error"]["status"] == "INVALID_ARGUMENT"
    served = serve("operatordecision")
    assert served.post("/", json=decision(shown) | change, headers=as_operator()).status_code == 400


def test_a_browser_that_was_left_open_decides_nothing(
    serve: Serve, project: str, client: firestore.Client, django: MemoryPeer, shown: dict[str, Any]
) -> None:
    put(client, ANNA, roles=["superuser"])
    before = int(time.time()) - RECENT_SECONDS - 1
    stale = id_token(project, kennitala=ANNA, roles=["member", "superuser"], auth_time=before)

    answer = call(serve("decideheld"), decision(shown), stale)

    assert (answer.status_code, answer.json["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert set(MEMBERS) <= set(django.tables.members)


def test_an_operator_sees_and_releases_what_is_held_by_their_own_account(
    serve: Serve, django: MemoryPeer, client: firestore.Client, shown: dict[str, Any]
) -> None:
    served = serve("operatordecision")
    waiting = (served.get("/", headers=as_operator()).json or {})["waiting"]
    assert (waiting["id"], waiting["count"]) == (shown["id"], len(MEMBERS))

    answer = served.post("/", json=decision(waiting), headers=as_operator())

    assert answer.status_code == 200, answer.json
    assert not set(MEMBERS) & set(django.tables.members)
    run = client.collection("held_runs").document(shown["id"]).get().to_dict() or {}
    assert (run["decidedBy"], run["decidedAs"]) == (OPERATOR, "operator")
    assert served.post("/", json=decision(waiting), headers=as_operator()).status_code == 409
    assert (served.get("/", headers=as_operator()).json or {})["waiting"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Authorization": "Bearer x"},
        {"Authorization": "Bearer a.!.c"},
        as_operator(None),
        as_operator() | {"X-Serverless-Authorization": as_operator()["Authorization"]},
    ],
    ids=["none", "a word", "no JSON", "no name", "a name beside the checked one"],
)
def test_a_caller_without_a_name_decides_nothing(
    serve: Serve, django: MemoryPeer, shown: dict[str, Any], headers: dict[str, str]
) -> None:
    assert serve("operatordecision").post("/", json=decision(shown), headers=headers).status_code == 401
    assert set(MEMBERS) <= set(django.tables.members)


@pytest.mark.parametrize(
    "order", [{"allow_deletions": True}, {"decision": "released"}, {"released": {JON: "f"}}]
)
def test_the_nudge_and_the_scheduler_can_order_no_release(
    serve: Serve, django: MemoryPeer, shown: dict[str, Any], order: dict[str, Any]
) -> None:
    body = {"mode": "full"} | order
    assert serve("bidirectional_sync").post("/", json=body).status_code == 400
    decided = {"mode": "full"} | decision(shown)
    assert serve("bidirectional_sync").post("/", json=decided).status_code == 400
    assert set(MEMBERS) <= set(django.tables.members)
