"""Each account may do what its function calls, and nothing else.

Nothing missing: every test of an entry point runs with production's grants, and so do these. Nothing
unneeded: each function is led here through all that it calls, and its account holds what was used.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import pytest
from firebase_admin import auth
from google.cloud import firestore
from google.events.cloud.firestore import Document, DocumentEventData

from runtime import clients
from sync import deployed
from sync.failures import TransientError
from sync.order import Order
from sync.runs import FAILED
from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.doubles.oidc import CODE, OidcProvider
from tests.functions.entry_points.calls import Serve, call, id_token, member_event, put
from tests.functions.entry_points.granted import USERS, Gates
from tests.functions.entry_points.test_held import MEMBERS, as_operator, decision
from tests.functions.entry_points.test_rights import ADMIN, LOGIN, UID, project, written
from tests.functions.entry_points.test_searchmembers import Register
from tools.program_run import ROOT

__all__ = ["project"]
SUPERUSER: dict[str, Any] = {"kennitala": JON, "roles": ["member", "superuser"], "isMember": True}
NEW = "0404904567"
LOST = "0303903456"
"""A member whom both halves know until Django's loses them."""


@dataclass
class Scene:
    """What a function is led through: both halves, the users, and who asks."""

    serve: Serve
    project: str
    client: firestore.Client
    django: MemoryPeer
    provider: OidcProvider
    gates: Gates

    def call(self, entry_point: str, data: Any) -> Any:
        answer = call(self.serve(entry_point), data, id_token(self.project, UID, **SUPERUSER))
        assert answer.status_code == 200, answer.json
        return answer.json["result"]

    def log_in(self) -> int:
        self.provider.codes = {CODE}
        return self.serve("handle_kenni_auth").post("/", json=LOGIN).status_code

    def put_both(self, *kennitalas: str) -> None:
        """Members whom both halves know; before any function acts, so that no account's grants count."""
        for kennitala in kennitalas:
            self.django.put(document(kennitala))
        assert deployed.deployed_sync().run(Order())["status"] != FAILED

    def forget_what_was_used(self) -> None:
        self.gates.grants.used.clear()


def handle_kenni_auth(scene: Scene) -> None:
    """A log-in that makes a user, one that finds it, and two that fail."""
    assert [scene.log_in(), scene.log_in()] == [200, 200]
    scene.provider.claims = {"nonce": "another-nonce-altogether"}
    assert [scene.log_in(), scene.log_in()] == [502, 502]


def verify_membership(scene: Scene) -> None:
    """Of somebody whose user is gone."""
    assert scene.call("verify_membership", None)["verified"]


def updatememberprofile(scene: Scene) -> None:
    """Staff for another member."""
    scene.call("updatememberprofile", {"kennitala": ANNA, "updates": {"name": "Anna Önnudóttir"}})


def setmemberrole(scene: Scene) -> None:
    for granted in (True, False):
        scene.call("setmemberrole", {"kennitala": ANNA, "role": "admin", "granted": granted})


def searchmembers(scene: Scene) -> None:
    """While the host is away, so that Firestore is asked, too."""
    away = Register(error=TransientError("away"))
    with patch("members.deployed.searched_host", lambda: away):
        assert scene.call("searchmembers", {"text": ANNA})["limited"]


def prepare_run(scene: Scene) -> None:
    """A member to make, one to change and one to remove."""
    scene.put_both(LOST, *MEMBERS[:3])
    scene.django.put(document(MEMBERS[4]))
    scene.django.edit(MEMBERS[0], name="Nýtt Nafn")
    scene.django.delete(LOST)


def syncmembers(scene: Scene) -> None:
    prepare_run(scene)
    scene.forget_what_was_used()
    assert scene.call("syncmembers", {})["status"] != "failed"


def bidirectional_sync(scene: Scene) -> None:
    """A full run that also takes a role from one who logged in and the user from one who was erased."""
    prepare_run(scene)
    scene.log_in()
    app = clients.firebase_app()
    auth.create_user(uid="kenni:erased", app=app)
    auth.set_custom_user_claims("kenni:erased", {"kennitala": LOST, "roles": []}, app=app)
    scene.client.collection("members").document(JON).update({"roles": ["superuser"]})
    scene.client.collection("members").document(ANNA).update({"roles": []})
    scene.django.stores.records.forget([LOST])
    scene.django.stores.erasures.order(LOST)
    scene.forget_what_was_used()
    answer = scene.serve("bidirectional_sync").post("/", json={"mode": "full"}).json or {}
    assert answer["rights_renewed"] == 2


def track_member_changes(scene: Scene) -> None:
    """Of one who loses a role and is erased, one whom Django lost, and one whom Django alone knows."""
    scene.put_both(LOST)
    scene.log_in()
    scene.forget_what_was_used()

    def deliver(kennitala: str, event: DocumentEventData) -> None:
        headers, body = member_event(kennitala, event)
        answer = scene.serve("track_member_changes").post("/", headers=headers, data=body)
        assert answer.status_code == 200

    members = scene.client.collection("members")
    members.document(JON).update({"roles": ["superuser"]})
    without_role = written({"roles": ["superuser"], "status": "active"})
    deliver(JON, DocumentEventData(old_value=written(ADMIN), value=without_role))
    members.document(JON).delete()
    deliver(JON, DocumentEventData(old_value=without_role))
    scene.django.delete(LOST)
    scene.django.put(document(NEW))
    for kennitala in (LOST, NEW):
        name = f"projects/p/databases/(default)/documents/members/{kennitala}"
        deliver(kennitala, DocumentEventData(value=Document(name=name)))
    assert members.document(NEW).get().exists


def hold(scene: Scene) -> dict[str, Any]:
    """The question that waits after Django has lost many members."""
    scene.put_both(*MEMBERS)
    for kennitala in MEMBERS:
        scene.django.delete(kennitala)
    sync = deployed.deployed_sync()
    assert sync.run(Order(mode="full"))["held"] == len(MEMBERS)
    scene.forget_what_was_used()
    return sync.held.waiting() or {}


def decideheld(scene: Scene) -> None:
    shown = hold(scene)
    assert scene.call("decideheld", decision(shown))["decision"] == "released"


def operatordecision(scene: Scene) -> None:
    shown = hold(scene)
    served = scene.serve("operatordecision")
    assert served.get("/", headers=as_operator()).status_code == 200
    assert served.post("/", json=decision(shown), headers=as_operator()).status_code == 200


def healthz(scene: Scene) -> None:
    scene.serve("healthz").get("/")


SCENES = (
    handle_kenni_auth,
    verify_membership,
    updatememberprofile,
    setmemberrole,
    searchmembers,
    syncmembers,
    bidirectional_sync,
    track_member_changes,
    decideheld,
    operatordecision,
    healthz,
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda each: each.__name__)
def test_an_account_holds_what_its_function_uses(
    scene: Any,
    serve: Serve,
    project: str,
    client: firestore.Client,
    django: MemoryPeer,
    provider: OidcProvider,
    gates: Gates,
    auth_emulator: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", auth_emulator)
    put(client, JON, roles=["admin", "superuser"])
    put(client, ANNA, roles=[] if scene is setmemberrole else ["admin"])
    gates.grants.used.clear()

    scene(Scene(serve, project, client, django, provider, gates))

    account = gates.grants.account_of(scene.__name__)
    assert gates.grants.used.get(account, set()) == gates.grants.held(account)


def test_every_function_is_led_through_what_it_calls(gates: Gates) -> None:
    functions = gates.grants.program.of_type("cloudfunctionsv2/function:Function")
    entry_points = {it.inputs["buildConfig"]["entryPoint"] for it in functions}
    assert entry_points == {scene.__name__ for scene in SCENES}


def test_the_account_that_counts_logins_is_the_only_one_in_their_database(gates: Gates) -> None:
    """It reads a person's document by its number; it cannot look for members, nor remove anything."""
    functions = gates.grants.program.of_type("cloudfunctionsv2/function:Function")
    accounts = {it.name: it.inputs["serviceConfig"]["serviceAccountEmail"] for it in functions}
    held = {name: gates.grants.held(account) for name, account in accounts.items()}
    assert {name for name, uses in held.items() if "login-limits" in {use[1] for use in uses}} == {
        "handleKenniAuth"
    }
    assert {permission.rpartition(".")[2] for permission, _ in held["handleKenniAuth"]} == {
        "get",
        "create",
        "update",
    }
    assert {where for _, where in held["handleKenniAuth"]} == {
        "(default)",
        "login-limits",
        "rights",
        USERS,
    }


def test_tokens_are_signed_in_the_login_alone() -> None:
    """The emulator signs nothing, so the calls are looked for in the code: one, in the log-in."""
    folder = ROOT / "functions"
    signing = [
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr == "create_custom_token"
    ]
    assert signing == ["auth/tokens.py"]
    importing = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and "custom_token" in {alias.name for alias in node.names}
    }
    assert importing == {"auth/login.py"}
