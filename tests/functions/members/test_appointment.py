"""`fab appoint`: how the first superuser comes to be, and the next if all others are out of reach."""

from __future__ import annotations

import io
import json
from typing import Any

import httpx
import pytest
from google.cloud import firestore
from invoke.context import Context

from deploy.cloud import identity
from deploy.remote.errors import DeployError
from deploy.remote.linode_settings import LinodeSettings
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps
from deploy.tasks import appoint as tasks
from members.roles import ROLE_CHANGES
from tests.fabric.conftest import SETTINGS
from tests.functions.both_halves import ANNA, JON
from tests.functions.entry_points.calls import put

LEFT = {"status": "left", "joined": "2019-01-06T16:43:47Z", "djangoId": 1}


@pytest.fixture
def operator(project: str, emulator: str, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An operator at a stack whose Firestore is the emulator."""
    linode = LinodeSettings.model_validate(SETTINGS)
    stack = Stack(name="test", linode=linode, project=project, firestore_emulator=emulator)
    monkeypatch.setattr(tasks, "begin", lambda _, as_json: (stack, Steps("test", as_json=as_json)))
    monkeypatch.setattr("getpass.getuser", lambda: "gudrun")
    return monkeypatch


def appoint(operator: pytest.MonkeyPatch, kennitala: str = JON, **options: bool) -> None:
    operator.setattr("sys.stdin", io.StringIO(f"{kennitala}\n"))
    tasks.appoint.body(Context(), **{"yes": True, **options})


def roles_of(client: firestore.Client, kennitala: str) -> Any:
    return (client.collection("members").document(kennitala).get().to_dict() or {}).get("roles")


def history(client: firestore.Client) -> list[dict[str, Any]]:
    return [entry.to_dict() or {} for entry in client.collection(ROLE_CHANGES).stream()]


def test_the_first_superuser_is_appointed_by_an_operator(
    operator: pytest.MonkeyPatch, client: firestore.Client, capfd: pytest.CaptureFixture[str]
) -> None:
    put(client, JON, roles=["admin"])

    appoint(operator, "010170-1234", json=True)

    assert roles_of(client, JON) == ["admin", "superuser"]
    [entry] = history(client)
    del entry["at"]
    assert entry == {
        "kennitala": JON,
        "by": "operator gudrun at the emulator",
        "before": ["admin"],
        "after": ["admin", "superuser"],
    }
    told = capfd.readouterr()
    assert all(json.loads(line) for line in told.out.splitlines())
    assert JON not in told.out + told.err


def test_a_second_one_is_appointed_by_force_alone(
    operator: pytest.MonkeyPatch, client: firestore.Client
) -> None:
    put(client, ANNA, roles=["superuser"])
    put(client, JON)

    with pytest.raises(DeployError, match="there is a superuser already"):
        appoint(operator)
    assert (roles_of(client, JON), history(client)) == (None, [])

    appoint(operator, force=True)
    assert (roles_of(client, JON), roles_of(client, ANNA)) == (["superuser"], ["superuser"])


def test_a_superuser_who_left_is_in_nobodys_way(
    operator: pytest.MonkeyPatch, client: firestore.Client
) -> None:
    put(client, ANNA, roles=["superuser"], membership=LEFT)
    put(client, JON)

    appoint(operator)

    assert roles_of(client, JON) == ["superuser"]


def test_who_became_superuser_meanwhile_is_noticed(
    operator: pytest.MonkeyPatch, client: firestore.Client
) -> None:
    """Between the look and the write; the question to the operator lies there."""
    put(client, ANNA)
    put(client, JON)
    operator.setattr(tasks, "confirm", lambda *_, **__: put(client, ANNA, roles=["superuser"]))

    with pytest.raises(DeployError, match="there is a superuser already"):
        appoint(operator)

    assert roles_of(client, JON) is None


@pytest.mark.parametrize(
    ("typed", "complaint"),
    [("", "ten digits"), ("admin", "ten digits"), (ANNA, "no active member"), ("9999999999", "no active")],
)
def test_only_an_active_member_is_appointed(
    operator: pytest.MonkeyPatch, client: firestore.Client, typed: str, complaint: str
) -> None:
    put(client, ANNA, membership=LEFT)

    with pytest.raises(DeployError, match=complaint) as caught:
        appoint(operator, typed)

    assert ANNA not in str(caught.value)
    assert (roles_of(client, ANNA), history(client)) == (None, [])


def test_a_dry_run_and_a_run_without_a_yes_change_nothing(
    operator: pytest.MonkeyPatch, client: firestore.Client
) -> None:
    put(client, JON)

    appoint(operator, dry_run=True)
    with pytest.raises(DeployError, match="no terminal to ask on"):
        appoint(operator, yes=False)

    assert (roles_of(client, JON), history(client)) == (None, [])


def test_google_says_who_the_operator_is() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.query) == ("POST", b"")
        known = request.content == b"access_token=mine"
        return httpx.Response(200, json={"email": "gudrun@example.is"} if known else {"aud": "x"})

    transport = httpx.MockTransport(answer)

    assert identity.email_of("mine", transport) == "gudrun@example.is"
    with pytest.raises(DeployError, match="no e-mail address"):
        identity.email_of("a-machines", transport)


@pytest.mark.parametrize("status", [400, 503])
def test_an_operator_whom_google_does_not_know_gets_nowhere(status: int) -> None:
    with pytest.raises(DeployError, match="application-default login"):
        identity.email_of("old", httpx.MockTransport(lambda _: httpx.Response(status, json={})))


def test_a_stack_without_a_project_is_named(settings_without_project: Stack) -> None:
    with pytest.raises(DeployError, match="gcp:project"):
        identity.operator_of(settings_without_project)


@pytest.fixture
def settings_without_project() -> Stack:
    return Stack(name="test", linode=LinodeSettings.model_validate(SETTINGS))
