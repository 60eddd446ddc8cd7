"""Login: a code from the electronic ID for a token of Firebase."""

from __future__ import annotations

import json
from typing import Any

import pytest
from google.cloud import firestore

from tests.functions.both_halves import JON
from tests.functions.doubles.oidc import CODE, NONCE, VERIFIER, OidcProvider
from tests.functions.entry_points.calls import PORTAL, Serve, put

LOGIN = {"kenniAuthCode": CODE, "pkceCodeVerifier": VERIFIER, "nonce": NONCE}


def test_login_answers_a_token_and_keeps_the_claims(
    serve: Serve, provider: OidcProvider, users: dict[str, Any], client: firestore.Client
) -> None:
    put(client, JON, roles=["admin"])
    provider.claims = {"phone_number": "+3545551234"}

    answer = serve("handle_kenni_auth").post(
        "/", json=LOGIN, headers={"Origin": PORTAL, "X-Forwarded-For": "203.0.113.7"}
    )

    assert answer.status_code == 200
    assert set(answer.json or {}) == {"customToken", "uid", "identity"}
    assert (answer.json or {})["uid"] == "kenni:subject-of-this-client"
    assert (answer.json or {})["identity"] == {"name": "Jón Jónsson", "email": None, "phone": "+3545551234"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert users == {
        "kenni:subject-of-this-client": {"kennitala": JON, "roles": ["member", "admin"], "isMember": True}
    }


@pytest.mark.parametrize(("status", "verified"), [("active", True), ("suspended", None), ("left", None)])
def test_login_of_an_active_member_marks_them_as_verified(
    serve: Serve,
    provider: OidcProvider,
    users: dict[str, Any],
    client: firestore.Client,
    status: str,
    verified: bool | None,
) -> None:
    put(client, JON, membership={"status": status})

    assert serve("handle_kenni_auth").post("/", json=LOGIN).status_code == 200

    document = client.collection("members").document(JON).get().to_dict() or {}
    assert document.get("verified") is verified


def test_login_of_somebody_who_is_no_member_grants_nothing(
    serve: Serve, provider: OidcProvider, users: dict[str, Any]
) -> None:
    assert serve("handle_kenni_auth").post("/", json=LOGIN).status_code == 200
    assert users["kenni:subject-of-this-client"] == {"kennitala": JON, "roles": [], "isMember": False}


BAD_BODIES = {
    "no body": (b"", "INVALID_JSON"),
    "no JSON": (b"{", "INVALID_JSON"),
    "deep": (b"[" * 8000, "INVALID_JSON"),
    "a list": (b"[]", "INVALID_INPUT"),
    "no code": ({"kenniAuthCode": None}, "INVALID_INPUT"),
    "empty code": ({"kenniAuthCode": ""}, "INVALID_INPUT"),
    "long code": ({"kenniAuthCode": "c" * 501}, "INVALID_INPUT"),
    "no verifier": ({"pkceCodeVerifier": None}, "INVALID_INPUT"),
    "short verifier": ({"pkceCodeVerifier": "v" * 42}, "INVALID_INPUT"),
    "long verifier": ({"pkceCodeVerifier": "v" * 201}, "INVALID_INPUT"),
    "strange verifier": ({"pkceCodeVerifier": "v" * 42 + "\n"}, "INVALID_INPUT"),
    "no nonce": ({"nonce": None}, "INVALID_INPUT"),
    "short nonce": ({"nonce": "n"}, "INVALID_INPUT"),
    "a number": ({"kenniAuthCode": 7}, "INVALID_INPUT"),
}


@pytest.mark.parametrize(("change", "code"), BAD_BODIES.values(), ids=BAD_BODIES.keys())
def test_login_with_bad_input_is_refused_before_anybody_is_asked(
    serve: Serve, provider: OidcProvider, change: bytes | dict[str, Any], code: str
) -> None:
    body = change if isinstance(change, bytes) else json.dumps(LOGIN | change).encode()

    answer = serve("handle_kenni_auth").post("/", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert set(answer.json or {}) == {"error", "message", "correlationId"}
    assert (answer.json or {})["error"] == code
    assert answer.headers["Cache-Control"] == "no-store"
    assert provider.asked == []


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_login_takes_post_alone(serve: Serve, method: str) -> None:
    answer = serve("handle_kenni_auth").open("/", method=method)

    assert answer.status_code == 405
    assert (answer.json or {})["error"] == "METHOD_NOT_ALLOWED"
    assert answer.headers["Allow"] == "POST"


def test_login_refuses_a_huge_body(serve: Serve, provider: OidcProvider) -> None:
    answer = serve("handle_kenni_auth").post("/", json=LOGIN | {"padding": "x" * 10_000})

    assert answer.status_code == 413
    assert provider.asked == []


def test_login_is_for_the_configured_sites(serve: Serve) -> None:
    served = serve("handle_kenni_auth")

    ours = served.options("/", headers={"Origin": PORTAL, "Access-Control-Request-Method": "POST"})
    theirs = served.options(
        "/", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )

    assert ours.headers["Access-Control-Allow-Origin"] == PORTAL
    assert "Access-Control-Allow-Origin" not in theirs.headers


@pytest.mark.parametrize(
    "claims", [{"nonce": "another-nonce-altogether"}, {"national_id": None}, {"aud": "x"}]
)
def test_login_with_a_token_that_is_not_believed_fails(
    serve: Serve, provider: OidcProvider, users: dict[str, Any], claims: dict[str, Any]
) -> None:
    provider.claims = claims

    answer = serve("handle_kenni_auth").post("/", json=LOGIN, headers={"Origin": PORTAL})

    assert answer.status_code == 502
    assert (answer.json or {})["error"] == "TOKEN_EXCHANGE_FAILED"
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert users == {}


def test_login_code_serves_once(serve: Serve, provider: OidcProvider, users: dict[str, Any]) -> None:
    served = serve("handle_kenni_auth")

    assert [served.post("/", json=LOGIN).status_code for _ in range(2)] == [200, 502]


def test_login_while_kenni_is_down_fails(serve: Serve, provider: OidcProvider) -> None:
    provider.down = True

    assert serve("handle_kenni_auth").post("/", json=LOGIN).status_code == 502


def from_address(address: str) -> dict[str, str]:
    return {"X-Forwarded-For": address}


def test_a_hall_of_200_behind_one_address_logs_in(
    serve: Serve, provider: OidcProvider, users: dict[str, Any]
) -> None:
    served = serve("handle_kenni_auth")
    statuses = []
    for number in range(200):
        provider.codes, provider.claims = {CODE}, {"sub": f"member-{number}"}
        statuses.append(served.post("/", json=LOGIN, headers=from_address("203.0.113.7")).status_code)

    assert statuses == [200] * 200


def test_failures_of_an_address_have_a_limit(
    serve: Serve, provider: OidcProvider, environment: pytest.MonkeyPatch, users: dict[str, Any]
) -> None:
    environment.setenv("LOGIN_FAILURES_PER_ADDRESS", "3")
    served = serve("handle_kenni_auth")
    provider.codes = set()

    def attempt(forwarded_for: str) -> Any:
        return served.post("/", json=LOGIN, headers=from_address(forwarded_for))

    statuses = [attempt(f"10.0.0.{number}, 203.0.113.7").status_code for number in range(3)]
    refused = attempt("198.51.100.1, 203.0.113.7")

    assert statuses == [502, 502, 502]
    assert (refused.status_code, (refused.json or {})["error"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["Retry-After"]) > 0
    assert attempt("203.0.113.8").status_code == 502


def test_failures_of_a_person_have_a_limit_from_any_address(
    serve: Serve, provider: OidcProvider, users: dict[str, Any]
) -> None:
    served = serve("handle_kenni_auth")

    def attempt(number: int) -> int:
        provider.codes = {CODE}
        return served.post("/", json=LOGIN, headers=from_address(f"203.0.113.{number}")).status_code

    provider.claims = {"nonce": "another-nonce-altogether"}
    assert [attempt(number) for number in range(5)] == [502] * 5
    provider.claims = {}
    assert attempt(99) == 429
    provider.claims = {"sub": "somebody-else"}
    assert attempt(99) == 200


def test_while_kenni_is_down_nobody_uses_up_their_attempts(
    serve: Serve, provider: OidcProvider, environment: pytest.MonkeyPatch, users: dict[str, Any]
) -> None:
    environment.setenv("LOGIN_FAILURES_PER_ADDRESS", "1")
    served = serve("handle_kenni_auth")
    provider.token_answer = (503, {"error": "temporarily_unavailable"})
    assert [served.post("/", json=LOGIN).status_code for _ in range(3)] == [502] * 3

    provider.token_answer = None
    assert served.post("/", json=LOGIN).status_code == 200


@pytest.mark.parametrize(
    ("headers", "content_type", "status"),
    [
        ({"Origin": "https://evil.example"}, "application/json", 403),
        ({"Origin": "null"}, "application/json", 403),
        ({"Origin": PORTAL}, "text/plain", 415),
        ({"Origin": "https://evil.example"}, "text/plain", 403),
        ({}, "application/x-www-form-urlencoded", 415),
    ],
)
def test_a_foreign_page_is_refused_before_it_counts(
    serve: Serve,
    provider: OidcProvider,
    client: firestore.Client,
    headers: dict[str, str],
    content_type: str,
    status: int,
) -> None:
    provider.codes = set()
    limits = firestore.Client(project=client.project, database="login-limits")

    answer = serve("handle_kenni_auth").post(
        "/", data=json.dumps(LOGIN), content_type=content_type, headers=headers
    )

    assert answer.status_code == status
    assert provider.asked == []
    assert not [*limits.collection("rate_limits").stream()]


def test_login_without_its_settings_says_so_and_names_no_value(
    serve: Serve, environment: pytest.MonkeyPatch
) -> None:
    served = serve("handle_kenni_auth")
    environment.delenv("KENNI_IS_CLIENT_SECRET")

    answer = served.post("/", json=LOGIN)

    assert answer.status_code == 500
    assert (answer.json or {})["error"] == "CONFIG_MISSING"
