"""Neither a register that was set back nor a database of rights that was gives anybody a role."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from google.cloud import firestore

from members import deployed
from members.roles import ROLE_CHANGES, THE_REGISTER
from members.user_pages import UserPages
from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.oidc import CODE, NONCE, VERIFIER, OidcProvider
from tests.functions.entry_points.calls import Serve, call, confirmed, id_token, put

LOGIN = {"kenniAuthCode": CODE, "pkceCodeVerifier": VERIFIER, "nonce": NONCE}
SUPERUSER: dict[str, Any] = {"kennitala": ANNA, "roles": ["member", "superuser"]}
LEFT = {"status": "left", "joined": "2019-01-06T16:43:47Z", "djangoId": 1}
COLLECTIONS = ("members", ROLE_CHANGES)
Restore = Callable[[], None]


def backup(client: firestore.Client) -> Restore:
    """Keep the register as it is now; what is returned sets it back."""
    kept = {
        it.reference: it.to_dict() or {} for name in COLLECTIONS for it in client.collection(name).stream()
    }

    def restore() -> None:
        for name in COLLECTIONS:
            for document in client.collection(name).list_documents():
                document.delete()
        for document, fields in kept.items():
            document.set(fields)

    return restore


def take_away(serve: Serve, project: str, role: str = "admin") -> None:
    order = {"kennitala": JON, "role": role, "granted": False}
    answer = call(serve("setmemberrole"), order, id_token(project, **SUPERUSER))
    assert answer.status_code == 200, answer.json


def roles_of(client: firestore.Client) -> Any:
    return (client.collection("members").document(JON).get().to_dict() or {}).get("roles")


@pytest.fixture
def register(client: firestore.Client) -> Restore:
    """Anna is superuser and Jón an administrator; that is what the backup holds."""
    put(client, ANNA, roles=["superuser"])
    put(client, JON, roles=["admin", "superuser"])
    return backup(client)


def test_a_restored_register_logs_nobody_in_as_staff(
    serve: Serve,
    project: str,
    client: firestore.Client,
    users: dict[str, dict[str, Any]],
    provider: OidcProvider,
    register: Restore,
) -> None:
    take_away(serve, project, "admin")
    take_away(serve, project, "superuser")
    register()
    assert roles_of(client) == ["admin", "superuser"]

    answer = serve("handle_kenni_auth").post("/", json=LOGIN)

    assert answer.status_code == 200
    assert [claims["roles"] for claims in users.values()] == [["member"]]


@pytest.mark.parametrize(
    "target", ["verify_membership", "updatememberprofile", "setmemberrole", "syncmembers"]
)
def test_a_restored_role_opens_no_function(
    serve: Serve,
    project: str,
    client: firestore.Client,
    users: dict[str, dict[str, Any]],
    django: MemoryPeer,
    register: Restore,
    target: str,
) -> None:
    """Even with a token from before the role was taken away."""
    take_away(serve, project, "admin")
    take_away(serve, project, "superuser")
    register()
    users["kenni:x"] = {}
    token = id_token(project, kennitala=JON, roles=["member", "admin", "superuser"])
    data = {
        "verify_membership": None,
        "updatememberprofile": {"kennitala": ANNA, "updates": {"name": "X"}},
        "setmemberrole": {"kennitala": ANNA, "role": "superuser", "granted": False},
        "syncmembers": {},
    }[target]

    answer = call(serve(target), data, token)

    if target == "verify_membership":
        assert users["kenni:x"]["roles"] == ["member"]
    else:
        assert answer.status_code == 403


def test_the_next_full_run_takes_restored_roles_out_and_says_so(
    serve: Serve,
    project: str,
    client: firestore.Client,
    django: MemoryPeer,
    register: Restore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    take_away(serve, project, "admin")
    register()
    monkeypatch.setattr(UserPages, "within", lambda self, seconds: iter(()))

    assert serve("bidirectional_sync").post("/", json={"mode": "full"}).status_code == 200

    assert roles_of(client) == ["superuser"]
    [entry] = [it.to_dict() or {} for it in client.collection(ROLE_CHANGES).stream()]
    assert (entry["by"], entry["before"], entry["after"]) == (
        THE_REGISTER,
        ["admin", "superuser"],
        ["superuser"],
    )


def test_a_restored_role_is_not_confirmed_by_giving_another(
    serve: Serve, project: str, client: firestore.Client, register: Restore
) -> None:
    take_away(serve, project, "superuser")
    take_away(serve, project, "admin")
    register()

    order = {"kennitala": JON, "role": "admin", "granted": True}
    answer = call(serve("setmemberrole"), order, id_token(project, **SUPERUSER))

    assert answer.json["result"] == {"roles": ["admin"]}
    assert roles_of(client) == sorted(confirmed(client).of(JON)) == ["admin"]


def test_a_restored_database_of_rights_gives_no_role_either(
    serve: Serve, project: str, client: firestore.Client, register: Restore
) -> None:
    take_away(serve, project, "admin")
    confirmed(client).keep(JON, ["admin", "superuser"])

    serve("bidirectional_sync")  # whose account settles roles
    deployed.roles().settle_all()

    assert roles_of(client) == sorted(confirmed(client).of(JON)) == ["superuser"]


def test_an_erased_person_who_is_restored_is_no_staff(
    serve: Serve, project: str, client: firestore.Client, register: Restore
) -> None:
    take_away(serve, project)
    client.collection("members").document(JON).delete()
    serve("bidirectional_sync")  # whose account settles roles
    deployed.roles().settle(JON)
    history = [it.to_dict() or {} for it in client.collection(ROLE_CHANGES).stream()]
    assert JON not in f"{confirmed(client).everybodys()}{history}", "nothing is kept of who was erased"
    assert [entry["by"] for entry in history] == [ANNA]

    register()

    assert deployed.members().membership(JON).roles == ("member",)


def test_who_left_and_comes_back_is_no_staff_but_who_was_suspended_is(
    project: str, client: firestore.Client, register: Restore
) -> None:
    document = client.collection("members").document(JON)
    active = document.get().get("membership")

    document.update({"membership": active | {"status": "suspended"}})
    deployed.roles().settle(JON)
    document.update({"membership": active})
    assert deployed.members().membership(JON).is_superuser

    document.update({"membership": LEFT})
    deployed.roles().settle(JON)
    document.update({"membership": active})
    assert deployed.members().membership(JON).roles == ("member",)
    assert roles_of(client) == []


def test_a_register_without_a_superuser_is_noticed(
    project: str, client: firestore.Client, register: Restore, caplog: pytest.LogCaptureFixture
) -> None:
    deployed.roles().settle_all()
    assert "nobody is superuser" not in caplog.text
    put(client, ANNA)
    put(client, JON, roles=["admin"])
    deployed.roles().settle_all()
    assert "nobody is superuser" in caplog.text
