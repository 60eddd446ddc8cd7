"""How staff find members from the portal: by the host's register, or a whole kennitala while it is away."""

from __future__ import annotations

import socket
from dataclasses import dataclass, field
from typing import Any

import pytest
from google.cloud import firestore

from members import deployed
from sync.failures import AccessError, RefusedError, TransientError
from sync.peer import FoundMember, FoundMembers
from tests.functions.both_halves import ANNA, JON
from tests.functions.entry_points.calls import Serve, call, id_token, put

FOUND = FoundMember(
    djangoId=7, name="Jón", kennitala="010170-****", email="", phone="", city="Vík", status="active"
)


@dataclass
class Register:
    """The host's answers, and what it was asked."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    error: Exception | None = None

    def search(self, order: dict[str, Any]) -> FoundMembers:
        self.asked.append(order)
        if self.error:
            raise self.error
        return FoundMembers(total=61, members=[FOUND])


@pytest.fixture
def host(monkeypatch: pytest.MonkeyPatch) -> Register:
    register = Register()
    monkeypatch.setattr(deployed, "searched_host", lambda: register)
    return register


@pytest.fixture
def token(project: str, client: firestore.Client) -> str:
    put(client, ANNA, roles=["admin"])
    return id_token(project, kennitala=ANNA, roles=["member", "admin"])


@pytest.mark.parametrize("roles", [[], ["member"], ["member", "admin"], "admin", None])
def test_only_staff_who_are_staff_now_search(serve: Serve, project: str, host: Register, roles: Any) -> None:
    """The token may say *admin*; the register says that this person is none."""
    asking = id_token(project, kennitala=JON, roles=roles)
    assert call(serve("searchmembers"), {"text": "Jón"}, asking).status_code == 403
    assert call(serve("searchmembers"), {"text": "Jón"}, None).status_code == 401
    assert host.asked == []


def test_the_registers_page_is_handed_on(serve: Serve, host: Register, token: str) -> None:
    codes = [{"first": "101", "last": "109"}]
    wanted = {"text": "jon  sig", "status": "active", "postal_codes": codes, "page": 2}
    result = call(serve("searchmembers"), wanted, token).json["result"]
    assert host.asked == [wanted]
    assert result == {"total": 61, "members": [FOUND.model_dump()], "limited": False}


@pytest.mark.parametrize(
    "wrong",
    [
        {"text": "x" * 201},
        {"text": 5},
        {"page": 0},
        {"page": "many"},
        {"status": "dead"},
        {"postal_codes": [{"first": "1", "last": "2"}]},
        {"kennitala": ANNA},
        [1],
    ],
)
def test_what_is_no_search_is_refused(serve: Serve, host: Register, token: str, wrong: Any) -> None:
    answer = call(serve("searchmembers"), wrong, token)
    assert (answer.status_code, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")
    assert host.asked == []


def test_what_the_host_refuses_is_no_outage(serve: Serve, host: Register, token: str) -> None:
    host.error = RefusedError("HTTP 400")
    answer = call(serve("searchmembers"), {"text": "a\x00b"}, token)
    assert (answer.status_code, answer.json["error"]["status"]) == (400, "INVALID_ARGUMENT")


def test_a_host_that_accepts_and_never_answers_is_given_up_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """There is time left to look a kennitala up (tests/contract/test_limits.py)."""
    monkeypatch.setattr(deployed, "SEARCH_SECONDS", 0.1)
    monkeypatch.setenv("DJANGO_API_TOKEN", "t" * 40)
    deployed.searched_host.cache_clear()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        monkeypatch.setenv("DJANGO_API_BASE_URL", f"http://127.0.0.1:{silent.getsockname()[1]}/felagar")
        with pytest.raises(TransientError):
            deployed.searched_host().search({"text": "Jón"})
    deployed.searched_host.cache_clear()


@pytest.mark.parametrize("error", [TransientError("gone"), AccessError("HTTP 401")])
def test_without_the_host_a_whole_kennitala_is_found_and_nothing_else(
    serve: Serve, client: firestore.Client, host: Register, token: str, error: Exception
) -> None:
    host.error = error
    put(client, JON, name="Jón Jónsson")
    served = serve("searchmembers")
    for typed in (JON, f"{JON[:6]}-{JON[6:]}", f" {JON[:6]} {JON[6:]} "):
        result = call(served, {"text": typed}, token).json["result"]
        assert (result["total"], result["limited"]) == (1, True)
        [member] = result["members"]
        assert (member["name"], member["kennitala"]) == ("Jón Jónsson", f"{JON[:6]}-****")
        assert JON not in str(result)
    assert call(served, {"text": "0202802229"}, token).json["result"]["total"] == 0
    for typed in ("Jón", JON[:9], ""):
        answer = call(served, {"text": typed}, token)
        assert (answer.status_code, answer.json["error"]["status"]) == (503, "UNAVAILABLE")


def test_no_text_of_a_search_is_logged(
    serve: Serve, host: Register, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    host.error = TransientError("gone")
    call(serve("searchmembers"), {"text": "Gunnlöð"}, token)
    logged = capsys.readouterr().out
    assert "register searched" in logged
    assert "Gunnlöð" not in logged
