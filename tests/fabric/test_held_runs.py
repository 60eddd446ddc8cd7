"""An operator's decision: by their own account, for exactly what they were shown."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from invoke.context import Context

from deploy.cloud import held_runs
from deploy.cloud.held_runs import held_runs_of
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import DecisionSettings, Stack, load_stack
from deploy.remote.steps import Steps
from deploy.tasks import sync

GUDRUN = "gudrun@example.is"
WAITING = {
    "id": "run-1",
    "hash": "a" * 64,
    "count": 12,
    "createdAt": "2026-11-30",
    "members": [{"kennitala": "010170-****", "name": "Anna", "deletedIn": "django"}],
}
Stacks = Callable[..., Stack]


@pytest.fixture
def stack() -> Stacks:
    def make(**settings: Any) -> Stack:
        known = {
            "operators": {"gudrun": GUDRUN},
            "functions": "https://f.example",
            "iam_credentials": "https://i.example",
        }
        decisions = DecisionSettings(**(known | settings))
        return Stack.model_construct(name="prod", project="demo", decisions=decisions)

    return make


class Google:
    """Tells who has a token, gives identity tokens to those who may have them, and asks the function."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []
        self.answer = httpx.Response(200, json={"waiting": WAITING})

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append((request.method, f"{request.url}"))
        if request.url.host == "oauth2.googleapis.com":
            return httpx.Response(200, json={"email": GUDRUN})
        if request.url.host == "i.example":
            assert json.loads(request.content)["audience"] == "https://f.example/operatordecision"
            return httpx.Response(200, json={"token": "identity"})
        assert request.headers["Authorization"] == "Bearer identity"
        return self.answer


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Google:
    monkeypatch.setattr(held_runs, "signed_in", lambda: SimpleNamespace(token="mine"))
    return Google()


def test_the_operator_acts_as_their_own_account(google: Google, stack: Stacks) -> None:
    runs = held_runs_of(stack(), httpx.MockTransport(google))

    assert runs.waiting() == WAITING
    account = "operator-gudrun@demo.iam.gserviceaccount.com"
    assert google.asked[1:] == [
        ("POST", f"https://i.example/v1/projects/-/serviceAccounts/{account}:generateIdToken"),
        ("GET", "https://f.example/operatordecision"),
    ]


@pytest.mark.parametrize(
    ("operators", "reason"),
    [
        ({}, "names no operators"),
        ({"jon": "jon@example.is"}, "gudrun@example.is is none of the stack's operators: jon"),
    ],
)
def test_who_is_not_named_gets_nothing(
    google: Google, stack: Stacks, operators: dict[str, str], reason: str
) -> None:
    with pytest.raises(DeployError, match=reason):
        held_runs_of(stack(operators=operators), httpx.MockTransport(google))


def test_a_refusal_says_why(google: Google, stack: Stacks) -> None:
    runs = held_runs_of(stack(), httpx.MockTransport(google))
    google.answer = httpx.Response(
        409, json={"error": "NOT_DECIDABLE", "message": "this held run is released already"}
    )

    with pytest.raises(DeployError, match="HTTP 409: this held run is released already"):
        runs.decide(WAITING, "released")


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "no terminal to ask on"),
        ({"yes": True}, "--yes goes with --shown"),
        ({"yes": True, "shown": "b" * 64}, "something else is held by now"),
    ],
)
def test_nothing_is_released_unseen(
    google: Google, stack: Stacks, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], reason: str
) -> None:
    monkeypatch.setattr(sync, "begin", lambda *_, **__: (stack(), Steps("demo")))
    transport = httpx.MockTransport(google)
    monkeypatch.setattr(held_runs, "held_runs_of", lambda of: held_runs_of(of, transport))

    with pytest.raises(DeployError, match=reason):
        sync.release.body(Context(), **options)

    assert ("POST", "https://f.example/operatordecision") not in google.asked
    google.answer = httpx.Response(200, json={"waiting": WAITING, "decision": "released"})
    sync.release.body(Context(), yes=True, shown=WAITING["hash"])
    assert google.asked[-1] == ("POST", "https://f.example/operatordecision")


def test_production_says_where_its_functions_are() -> None:
    decisions = load_stack("prod").decisions
    assert decisions is not None
    assert decisions.functions == "https://europe-west2-ekklesia-prod-10-2025.cloudfunctions.net"
