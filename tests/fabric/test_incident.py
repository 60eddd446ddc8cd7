"""Everything revoked at once: in order, to be gone on with, and without a secret in a command line."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.credentials import host_keys, incident, members_sessions
from deploy.credentials.incident import Order, plan, revoke_all
from deploy.credentials.inventory import BY_HAND, CREDENTIALS
from deploy.credentials.stack_program import StackProgram
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Users
from deploy.remote.steps import Steps

ALL = [
    "persons' tokens",
    "sessions of members",
    "secret key and database password",
    "key of second factors",
    "sessions of staff",
    "keys for nudges and backups",
    "new tokens of the functions",
    "pulumi up",
    "old tokens of the functions",
]


@pytest.fixture
def order(host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Order:
    @contextmanager
    def connected(*_: Any) -> Iterator[Any]:
        yield host

    monkeypatch.setattr(incident, "connected", connected)
    monkeypatch.setattr(layout, "INCIDENT", str(tmp_path / "incident.json"))
    return Order(host.stack, StackProgram("test"), Steps("test", as_json=True))


@pytest.fixture
def done(order: Order, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The steps that were done, each a recorded one."""
    names: list[str] = []

    def recorded(_: Order) -> dict[str, Any]:
        return {name: lambda name=name: names.append(name) for name in plan_of(order)}

    plan_of = plan
    monkeypatch.setattr(incident, "plan", recorded)
    return names


def told(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return {line["step"]: line["outcome"] for line in lines}


def test_who_is_in_gets_out_first_and_old_tokens_end_last(order: Order, done: list[str]) -> None:
    revoke_all(order)
    assert done == ALL
    assert json.loads(Path(layout.INCIDENT).read_text())["ended"]


def test_a_run_that_was_cut_off_goes_on_where_it_stopped(
    order: Order, done: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: Order) -> dict[str, Any]:
        return recorded(_) | {"pulumi up": broken}

    def broken() -> None:
        raise DeployError("no network")

    recorded = incident.plan
    monkeypatch.setattr(incident, "plan", fails)
    with pytest.raises(DeployError, match="no network"):
        revoke_all(order)
    assert done == ALL[:7]
    monkeypatch.setattr(incident, "plan", recorded)
    done.clear()
    revoke_all(order)
    again = [name for name in ALL[:7] if name in incident.ALWAYS]
    assert done == [*again, *ALL[7:]], "who got in meanwhile gets out, and no key is replaced twice"
    done.clear()
    revoke_all(order)
    assert done == ALL, "a new order begins anew"


def test_an_order_of_long_ago_is_begun_anew(order: Order, done: list[str]) -> None:
    Path(layout.INCIDENT).write_text(json.dumps({"began": "2026-01-01T00:00:00Z", "done": ALL[:7]}))
    revoke_all(order)
    assert done == ALL


def test_a_dry_run_changes_nothing_and_says_everything(
    order: Order, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert revoke_all(order, dry_run=True) == "nothing was changed"
    assert done == []
    assert not Path(layout.INCIDENT).exists()
    assert told(capsys) == dict.fromkeys([*ALL, *(f"by hand: {it.name}" for it in BY_HAND)], "planned")


def test_what_only_people_can_do_is_said(
    order: Order, done: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    revoke_all(order)
    assert {name for name in told(capsys) if name.startswith("by hand")} == {
        f"by hand: {it.name}" for it in CREDENTIALS if it.by == "by hand"
    }


@pytest.fixture
def renewed(host: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The host's secrets after they were made anew, with what each program on the way was called with."""
    path = tmp_path / "host.env"
    path.write_text(
        "DJANGO_SECRET_KEY=old\nDATABASE_URL=postgres://ekklesia:old@127.0.0.1:5432/ekklesia\nOTHER=1\n"
    )
    monkeypatch.setattr(layout, "HOST_ENVIRONMENT", str(path))
    monkeypatch.setattr(host_keys, "restart", lambda _: None)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("runuser", "openssl"):
        act = (
            "cat > " + shlex.quote(str(tmp_path / "sql"))
            if name == "runuser"
            else 'exec /usr/bin/openssl "$@"'
        )
        (programs / name).write_text(f'#!/bin/sh\necho "$0 $@" >> {tmp_path / "called"}\n{act}\n')
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    host_keys.renew_environment(host)
    return path


def test_secret_key_and_password_are_new_and_nothing_else(renewed: Path, tmp_path: Path) -> None:
    lines = dict(line.split("=", 1) for line in renewed.read_text().splitlines())
    assert lines["OTHER"] == "1"
    assert len(lines["DJANGO_SECRET_KEY"]) == 64
    password = (
        lines["DATABASE_URL"].removeprefix("postgres://ekklesia:").removesuffix("@127.0.0.1:5432/ekklesia")
    )
    assert len(password) == 48
    assert f"ALTER ROLE ekklesia PASSWORD '{password}'" in (tmp_path / "sql").read_text()
    assert renewed.stat().st_mode & 0o777 == 0o600
    called = (tmp_path / "called").read_text()
    assert password not in called
    assert lines["DJANGO_SECRET_KEY"] not in called


def test_every_user_is_logged_out_whatever_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    users = [f"user-{number}" for number in range(3)]
    revoked: dict[str, str] = {}

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["Authorization"] == "Bearer owner"
        assert str(request.url).startswith("http://auth.example/x/v1/projects/p/accounts:")
        if request.method == "GET":
            page = int(request.url.params.get("nextPageToken", 0))
            body: dict[str, Any] = {"users": [{"localId": users[page]}] if page < len(users) else []}
            return httpx.Response(200, json=body | {"nextPageToken": str(page + 1)})
        given = json.loads(request.content)
        if given["localId"] == "user-1":
            return httpx.Response(400, json={"error": {"message": "USER_NOT_FOUND"}})
        revoked[given["localId"]] = given["validSince"]
        return httpx.Response(200, json={})

    real = httpx.Client
    monkeypatch.setattr(
        httpx,
        "Client",
        lambda **given: real(**given | {"transport": httpx.MockTransport(answer)}),
    )
    place = Users(project="p", identity_toolkit="http://auth.example/x", access_token="owner")
    assert members_sessions.revoke_all(place) == 3
    assert sorted(revoked) == ["user-0", "user-2"]
    assert all(int(moment) > 1_700_000_000 for moment in revoked.values())
