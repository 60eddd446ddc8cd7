"""Whoever has no custom token gets no user: the declared settings, tried against Firebase's Auth emulator."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from local.services.auth_settings import ADMIN, put_settings
from tests.functions.auth_emulator import API_KEY, PROJECT
from tests.unsigned_token import unsigned_token
from tools.program_run import ROOT, Program, run_program, settings_of

PASSWORD = {"email": "mallory@example.is", "password": "correct horse battery"}
AUDIENCE = "https://identitytoolkit.googleapis.com/google.identity.identitytoolkit.v1.IdentityToolkit"
CLOSED = {"ADMIN_ONLY_OPERATION", "OPERATION_NOT_ALLOWED", "PASSWORD_LOGIN_DISABLED"}


@pytest.fixture(scope="module")
def production() -> Program:
    return run_program(settings_of(ROOT / "Pulumi.prod.yaml"))


@pytest.fixture
def declared(auth_emulator: str, production: Program) -> str:
    """The emulator with production's settings."""
    url = f"http://{auth_emulator}"
    put_settings(url, PROJECT, production.get("Config", "identity-platform").inputs)
    return url


@pytest.fixture
def undeclared(auth_emulator: str) -> str:
    """The emulator with the settings of a new project."""
    put_settings(f"http://{auth_emulator}", PROJECT, {})
    return f"http://{auth_emulator}"


def ask(emulator: str, what: str, body: dict[str, Any]) -> str:
    """Ask as a browser does; the error's code, or nothing if it was done."""
    url = f"{emulator}/identitytoolkit.googleapis.com/v1/accounts:{what}"
    answer = httpx.post(url, params=API_KEY, json=body)
    return "" if answer.status_code == 200 else str(answer.json()["error"]["message"])


def make_user(emulator: str, uid: str) -> None:
    """As the log-in does."""
    url = f"{emulator}/identitytoolkit.googleapis.com/v1/projects/{PROJECT}/accounts"
    httpx.post(url, json={"localId": uid}, headers=ADMIN).raise_for_status()


def custom_token(uid: str) -> str:
    return unsigned_token({"aud": AUDIENCE, "uid": uid})


def sign_in(emulator: str, uid: str) -> httpx.Response:
    url = f"{emulator}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken"
    return httpx.post(url, params=API_KEY, json={"token": custom_token(uid), "returnSecureToken": True})


ATTACKS: list[tuple[str, dict[str, Any]]] = [
    ("signUp", PASSWORD),
    ("signUp", {"returnSecureToken": True}),
    ("signInWithPassword", PASSWORD),
    ("signInWithCustomToken", {"token": custom_token("kenni:nobody-made")}),
]


@pytest.mark.parametrize(("what", "body"), ATTACKS, ids=["password", "anonymous", "log-in", "unknown uid"])
def test_nobody_makes_a_user_for_themselves(declared: str, what: str, body: dict[str, Any]) -> None:
    assert ask(declared, what, body) in CLOSED


@pytest.mark.parametrize(("what", "body"), ATTACKS, ids=["password", "anonymous", "log-in", "unknown uid"])
def test_a_project_without_the_settings_is_open(undeclared: str, what: str, body: dict[str, Any]) -> None:
    assert ask(undeclared, what, body) not in CLOSED


def test_whoever_the_login_made_signs_in_and_stays(declared: str) -> None:
    make_user(declared, "kenni:made")
    session = sign_in(declared, "kenni:made").raise_for_status().json()

    assert ask(declared, "delete", {"idToken": session["idToken"]}) == "ADMIN_ONLY_OPERATION"
    sign_in(declared, "kenni:made").raise_for_status()
