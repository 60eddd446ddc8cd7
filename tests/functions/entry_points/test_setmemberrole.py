"""Who may say who is staff: superusers, about others, and never so that nobody is left."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from google.cloud import firestore

from members.membership import Members
from members.roles import ROLE_CHANGES, RoleOrder, Roles
from runtime.caller import CLOCK_SECONDS, RECENT_SECONDS, CallableError, Caller
from tests.functions.both_halves import ANNA, JON
from tests.functions.entry_points.calls import Serve, call, confirmed, id_token, put

SUPERUSER: dict[str, Any] = {"kennitala": JON, "roles": ["member", "superuser"]}
LEFT = {"status": "left", "joined": "2019-01-06T16:43:47Z", "djangoId": 1}


def grant(role: str = "admin", kennitala: str = ANNA, *, granted: bool = True) -> dict[str, Any]:
    return {"kennitala": kennitala, "role": role, "granted": granted}


def roles_of(client: firestore.Client, kennitala: str) -> Any:
    return (client.collection("members").document(kennitala).get().to_dict() or {}).get("roles")


def history(client: firestore.Client) -> list[dict[str, Any]]:
    entries = client.collection(ROLE_CHANGES).order_by("at").stream()
    return [entry.to_dict() or {} for entry in entries]


def test_a_superuser_gives_a_role_and_takes_it_away(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, ANNA, verified=True)
    put(client, JON, roles=["superuser"])
    token = id_token(project, **SUPERUSER)

    given = call(serve("setmemberrole"), grant(kennitala=f" {ANNA[:6]}-{ANNA[6:]}"), token)
    assert (given.status_code, given.json["result"]) == (200, {"roles": ["admin"]})
    assert roles_of(client, ANNA) == ["admin"]
    taken = call(serve("setmemberrole"), grant(granted=False), token)
    assert (taken.json["result"], roles_of(client, ANNA)) == ({"roles": []}, [])

    entries = history(client)
    moments = [entry.pop("at") for entry in entries]
    assert entries == [
        {"kennitala": ANNA, "by": JON, "before": [], "after": ["admin"]},
        {"kennitala": ANNA, "by": JON, "before": ["admin"], "after": []},
    ]
    assert all(abs(datetime.now(UTC) - moment) < timedelta(minutes=5) for moment in moments)
    assert client.collection("members").document(ANNA).get().get("verified") is True


def test_what_is_so_already_is_written_nowhere(serve: Serve, project: str, client: firestore.Client) -> None:
    put(client, ANNA, roles=["admin"])
    put(client, JON, roles=["superuser"])

    answer = call(serve("setmemberrole"), grant(), id_token(project, **SUPERUSER))

    assert answer.json["result"] == {"roles": ["admin"]}
    assert history(client) == []


@pytest.mark.parametrize(
    ("order", "status"),
    [
        (grant(kennitala=JON), 403),
        (grant("superuser", JON, granted=False), 403),
        (grant("member"), 400),
        (grant("owner"), 400),
        (grant() | {"role": ["admin"]}, 400),
        (grant() | {"role": None}, 400),
        (grant() | {"granted": "no"}, 400),
        (grant() | {"granted": 1}, 400),
        (grant() | {"kennitala": 101701234}, 400),
        (grant(kennitala="010170-123"), 400),
        (grant(kennitala="../members"), 400),
        (grant() | {"roles": ["admin"]}, 400),
        ({"kennitala": ANNA, "role": "admin"}, 400),
        (None, 400),
        ([grant()], 400),
        (grant(kennitala="9999999999"), 404),
        (grant() | {"kennitala": "1" * 70_000}, 400),
    ],
)
def test_an_order_that_cannot_be_carried_out_changes_nothing(
    serve: Serve, project: str, client: firestore.Client, order: Any, status: int
) -> None:
    put(client, ANNA)
    put(client, JON, roles=["superuser"])

    answer = call(serve("setmemberrole"), order, id_token(project, **SUPERUSER))

    assert answer.status_code == status
    assert answer.json["error"]["message"]
    assert (roles_of(client, ANNA), roles_of(client, JON), history(client)) == (None, ["superuser"], [])


@pytest.mark.parametrize("status", ["left", "suspended", None])
def test_only_an_active_member_is_given_a_role_but_anybody_loses_one(
    serve: Serve, project: str, client: firestore.Client, status: str | None
) -> None:
    put(client, ANNA, roles=["admin"], membership={"status": status})
    put(client, JON, roles=["superuser"])
    token = id_token(project, **SUPERUSER)

    refused = call(serve("setmemberrole"), grant("superuser"), token)

    assert (refused.status_code, refused.json["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert roles_of(client, ANNA) == ["admin"]
    assert call(serve("setmemberrole"), grant(granted=False), token).json["result"] == {"roles": []}


@pytest.mark.parametrize(
    ("token", "document"),
    [
        (["member"], {"roles": ["superuser"]}),
        (["member", "admin"], {"roles": ["admin"]}),
        (["member", "superuser"], {"roles": ["admin"]}),
        (["member", "superuser"], {}),
        (["member", "superuser"], {"roles": ["superuser"], "membership": LEFT}),
        (["member", "superuser"], None),
    ],
    ids=["not in the token", "an admin", "made an admin", "role lost", "left", "erased"],
)
def test_who_is_no_superuser_now_changes_nothing(
    serve: Serve,
    project: str,
    client: firestore.Client,
    token: list[str],
    document: dict[str, Any] | None,
) -> None:
    put(client, ANNA)
    if document is not None:
        put(client, JON, **document)

    answer = call(serve("setmemberrole"), grant(), id_token(project, kennitala=JON, roles=token))

    assert (answer.status_code, answer.json["error"]["status"]) == (403, "PERMISSION_DENIED")
    assert (roles_of(client, ANNA), history(client)) == (None, [])


@pytest.mark.parametrize(
    "logged_in_at",
    [-RECENT_SECONDS - 1, 2 * CLOCK_SECONDS, None, "now", 1e10],
    ids=["too long ago", "in the future", "never", "a text", "a fraction"],
)
def test_a_browser_that_was_left_open_changes_no_role(
    serve: Serve, project: str, client: firestore.Client, logged_in_at: Any
) -> None:
    """A renewed token is new, but keeps the time of its log-in."""
    put(client, ANNA)
    put(client, JON, roles=["superuser"])
    offset = isinstance(logged_in_at, int)
    claims = {"auth_time": int(time.time()) + logged_in_at if offset else logged_in_at}

    refused = call(serve("setmemberrole"), grant(), id_token(project, **SUPERUSER, **claims))

    assert (refused.status_code, refused.json["error"]["status"]) == (401, "UNAUTHENTICATED")
    assert (roles_of(client, ANNA), history(client)) == (None, [])


def test_a_log_in_of_a_while_ago_is_enough(serve: Serve, project: str, client: firestore.Client) -> None:
    put(client, ANNA)
    put(client, JON, roles=["superuser"])
    before = int(time.time()) - RECENT_SECONDS + 60

    given = call(serve("setmemberrole"), grant(), id_token(project, **SUPERUSER, auth_time=before))

    assert given.json["result"] == {"roles": ["admin"]}


def test_two_superusers_who_remove_each_other_at_once_leave_one(
    client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both have read both documents before either is written."""
    both_have_read = threading.Barrier(2)
    original = Roles.change
    waited = threading.local()

    def change(self: Roles, transaction: firestore.Transaction, order: RoleOrder, *, by: str) -> list[str]:
        after = original(self, transaction, order, by=by)
        if not hasattr(waited, "once"):
            waited.once = both_have_read.wait(timeout=30)
        return after

    monkeypatch.setattr(Roles, "change", change)
    for person in (ANNA, JON):
        put(client, person, roles=["superuser"])

    def remove(by: str, whom: str) -> bool:
        caller = Caller(uid=by, kennitala=by, roles=frozenset({"superuser"}), logged_in_at=int(time.time()))
        try:
            Roles(Members(client, confirmed(client))).order(caller, grant("superuser", whom, granted=False))
        except CallableError:
            return False
        return True

    with ThreadPoolExecutor() as pool:
        removed = list(pool.map(remove, (ANNA, JON), (JON, ANNA)))

    assert sorted(removed) == [False, True]
    assert sorted([roles_of(client, ANNA), roles_of(client, JON)]) == [[], ["superuser"]]
    assert len(history(client)) == 1
