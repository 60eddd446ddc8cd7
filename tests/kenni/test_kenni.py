"""The stand-in refuses what Kenni.is refuses, so that a fault in the log-in is found here."""

from __future__ import annotations

import base64
import hashlib
import subprocess
from pathlib import Path
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.kenni.conftest import PROGRAM, Kenni

VERIFIER = "v" * 43
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
LONGEST_CHAIN = 6
"""The most redirects between the request and the answer."""


def ask(kenni: Kenni, **changes: str | None) -> httpx.Response:
    """Send the browser's request and follow it until it leaves the stand-in or shows a page."""
    question = {
        "client_id": kenni.client_id,
        "redirect_uri": kenni.redirect_uri,
        "response_type": "code",
        "scope": "openid profile national_id email phone_number",
        "state": "state-1",
        "nonce": "nonce-1",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
        "prompt": "login",
        **changes,
    }
    with httpx.Client() as browser:
        answer = browser.get(
            f"{kenni.issuer}/oidc/auth", params={name: value for name, value in question.items() if value}
        )
        for _ in range(LONGEST_CHAIN):
            target = urljoin(kenni.issuer, answer.headers.get("location", ""))
            if not answer.is_redirect or target.startswith(kenni.redirect_uri):
                break
            answer = browser.get(target)
        return answer


def answered(answer: httpx.Response) -> dict[str, str]:
    """The parameters of the redirect back to the portal."""
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["location"]).query).items()}


def exchange(kenni: Kenni, code: str, changes: dict[str, str] | None = None) -> httpx.Response:
    """Exchange a code, as the portal's function does."""
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": kenni.redirect_uri,
        "client_id": kenni.client_id,
        "client_secret": kenni.client_secret,
        "code_verifier": VERIFIER,
    }
    return httpx.post(f"{kenni.issuer}/oidc/token", data=form | (changes or {}))


def new_code(kenni: Kenni) -> str:
    return answered(ask(kenni, login_hint=kenni.person["nationalId"]))["code"]


def test_a_login_tells_who_the_person_is(kenni: Kenni) -> None:
    answer = answered(ask(kenni, login_hint=kenni.person["nationalId"]))
    assert answer["state"] == "state-1"
    assert answer["iss"] == kenni.issuer
    tokens = exchange(kenni, answer["code"]).json()
    keys = KeySet.import_key_set(httpx.get(f"{kenni.issuer}/oidc/jwks").json())
    token = jwt.decode(tokens["id_token"], keys, algorithms=["RS256"])
    assert token.header["kid"]
    assert token.claims["national_id"] == kenni.person["nationalId"]
    assert token.claims["name"] == kenni.person["name"]
    assert token.claims["email"] == kenni.person["email"]
    assert token.claims["nonce"] == "nonce-1"
    assert (token.claims["iss"], token.claims["aud"]) == (kenni.issuer, kenni.client_id)
    assert kenni.person["nationalId"] not in token.claims["sub"]


def test_the_login_page_lists_the_test_persons(kenni: Kenni) -> None:
    page = ask(kenni).text
    assert kenni.person["name"] in page
    assert "&lt;b&gt;Ameríka" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"code_challenge": None, "code_challenge_method": None},
        {"code_challenge_method": "plain"},
        {"code_challenge_method": None},
    ],
)
def test_a_question_without_pkce_s256_is_refused(kenni: Kenni, changes: dict[str, str | None]) -> None:
    answer = answered(ask(kenni, login_hint=kenni.person["nationalId"], **changes))
    assert "error" in answer
    assert "code" not in answer


@pytest.mark.parametrize(
    "uri", ["http://127.0.0.1:1/callback/", "http://127.0.0.1:1/", "https://evil.example/"]
)
def test_another_redirect_uri_is_not_redirected_to(kenni: Kenni, uri: str) -> None:
    answer = ask(kenni, redirect_uri=uri, login_hint=kenni.person["nationalId"])
    assert answer.status_code == 400
    assert "location" not in answer.headers


def test_a_code_is_good_once(kenni: Kenni) -> None:
    code = new_code(kenni)
    assert exchange(kenni, code).status_code == 200
    assert exchange(kenni, code).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 43}, "invalid_grant"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"redirect_uri": "http://127.0.0.1:1/other"}, "invalid_grant"),
        ({"code": "never-given"}, "invalid_grant"),
    ],
)
def test_a_code_is_good_for_its_own_client_and_verifier_only(
    kenni: Kenni, changes: dict[str, str], error: str
) -> None:
    assert exchange(kenni, new_code(kenni), changes).json()["error"] == error


def test_who_is_no_test_person_is_not_logged_in(kenni: Kenni) -> None:
    assert "Veldu prófunarmann" in ask(kenni, login_hint="0101701234").text


def test_settings_that_lack_something_are_named(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"issuerUrl": "http://127.0.0.1:1"}')
    run = subprocess.run(["node", str(PROGRAM), str(path)], capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert run.stderr.splitlines()[-1] == f'Kenni.is stand-in: {path} lacks "clientId"'
