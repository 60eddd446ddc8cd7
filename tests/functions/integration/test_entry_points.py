"""Each function as it is deployed: under functions-framework, with a test client and the real emulator."""

from __future__ import annotations

import base64
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import firebase_admin
import functions_framework
import pytest
from firebase_admin import auth
from flask.testing import FlaskClient
from google.cloud import firestore
from google.events.cloud.firestore import Document, DocumentEventData, MapValue, Value

from auth.kenni import KenniClient
from handlers import login
from runtime import clients
from runtime.settings import ConfigurationError, KenniSettings, load
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.runs import Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.doubles.oidc import CODE, NONCE, VERIFIER, OidcProvider

SOURCE = Path(__file__).parents[3] / "functions" / "main.py"
PORTAL = "https://portal.example"
JON = "0101701234"
ANNA = "0202802345"
LOGIN = {"kenniAuthCode": CODE, "pkceCodeVerifier": VERIFIER, "nonce": NONCE}
Serve = Callable[[str], FlaskClient]


@pytest.fixture
def serve(project: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve an entry point as functions-framework does."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9")  # signs and reads tokens without a key
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "main", raising=False)
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "http")

    def start(target: str) -> FlaskClient:
        monkeypatch.setenv("FUNCTION_TARGET", target)
        served = functions_framework.create_app(target, str(SOURCE)).test_client()
        assert isinstance(served, FlaskClient)
        return served

    yield start
    login._login.cache_clear()
    sys.modules.pop("main", None)
    if firebase_admin._DEFAULT_APP_NAME in firebase_admin._apps:
        firebase_admin.delete_app(firebase_admin.get_app())


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The claims that Firebase keeps on its users; a user must be made before it has any."""
    kept: dict[str, dict[str, Any]] = {}

    def set_claims(uid: str, claims: dict[str, Any], app: object) -> None:
        if uid not in kept:
            raise auth.UserNotFoundError("no such user")
        kept[uid] = claims

    monkeypatch.setattr(auth, "set_custom_user_claims", set_claims)
    monkeypatch.setattr(auth, "create_user", lambda uid, app: kept.setdefault(uid, {}))
    return kept


@pytest.fixture
def django(monkeypatch: pytest.MonkeyPatch, client: firestore.Client) -> MemoryPeer:
    """The functions' own sync on the emulator, with a Django in memory."""
    peer = MemoryPeer()
    real = clients.sync()
    reconciler = Reconciler(real.reconciler.store, peer, real.reconciler.field_map, NO_WAIT)
    sync = Sync(reconciler, real.queue, FirestoreLog(client), real.limits)
    monkeypatch.setattr(clients, "sync", lambda: sync)
    return peer


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> OidcProvider:
    provider = OidcProvider()
    monkeypatch.setattr(
        login, "KenniClient", lambda settings: KenniClient(load(KenniSettings), provider.session())
    )
    return provider


def put(client: firestore.Client, kennitala: str, **fields: Any) -> None:
    client.collection("members").document(kennitala).set(document(kennitala) | fields)


def id_token(project: str, uid: str = "kenni:x", **claims: Any) -> str:
    """An ID token as the Auth emulator signs them: not at all."""
    now = int(time.time())
    body = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uid,
        "user_id": uid,
        "iat": now,
        "exp": now + 3600,
        "auth_time": now,
    } | claims
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "none", "typ": "JWT"}, body)
    ]
    return ".".join([*parts, ""])


# Login


def test_login_answers_a_token_and_keeps_the_claims(
    serve: Serve, provider: OidcProvider, users: dict[str, Any], client: firestore.Client
) -> None:
    put(client, JON, roles=["admin"])

    answer = serve("handle_kenni_auth").post(
        "/", json=LOGIN, headers={"Origin": PORTAL, "X-Forwarded-For": "203.0.113.7"}
    )

    assert answer.status_code == 200
    assert set(answer.json or {}) == {"customToken", "uid"}
    assert (answer.json or {})["uid"] == "kenni:subject-of-this-client"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert users == {
        "kenni:subject-of-this-client": {"kennitala": JON, "roles": ["member", "admin"], "isMember": True}
    }


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


def test_login_is_limited_per_address(serve: Serve, provider: OidcProvider, users: dict[str, Any]) -> None:
    served = serve("handle_kenni_auth")

    def attempt(forwarded_for: str) -> Any:
        return served.post("/", json=LOGIN, headers={"X-Forwarded-For": forwarded_for})

    statuses = [attempt(f"10.0.0.{number}, 203.0.113.7").status_code for number in range(5)]
    refused = attempt("198.51.100.1, 203.0.113.7")

    assert 429 not in statuses
    assert (refused.status_code, (refused.json or {})["error"]) == (429, "RATE_LIMITED")
    assert int(refused.headers["Retry-After"]) > 0
    assert attempt("203.0.113.8").status_code != 429


def test_login_without_its_settings_says_so_and_names_no_value(
    serve: Serve, environment: pytest.MonkeyPatch
) -> None:
    served = serve("handle_kenni_auth")
    environment.delenv("KENNI_IS_CLIENT_SECRET")

    answer = served.post("/", json=LOGIN)

    assert answer.status_code == 500
    assert (answer.json or {})["error"] == "CONFIG_MISSING"


@pytest.mark.parametrize(
    ("target", "missing"),
    [
        ("handle_kenni_auth", "KENNI_IS_CLIENT_SECRET"),
        ("verify_membership", "CORS_ALLOWED_ORIGINS"),
        ("updatememberprofile", "GCP_PROJECT"),
        ("syncmembers", "DJANGO_API_TOKEN"),
        ("bidirectional_sync", "DJANGO_API_BASE_URL"),
        ("track_member_changes", "DJANGO_API_TOKEN"),
    ],
)
def test_a_function_without_a_setting_does_not_start(
    serve: Serve, environment: pytest.MonkeyPatch, target: str, missing: str
) -> None:
    environment.delenv(missing)

    with pytest.raises(ConfigurationError, match=missing) as caught:
        serve(target)
    assert "a-client-secret" not in str(caught.value)


# Callable functions


def call(served: FlaskClient, data: Any, token: str | None) -> Any:
    headers = {"Origin": PORTAL} | ({"Authorization": f"Bearer {token}"} if token else {})
    return served.post("/", json={"data": data}, headers=headers)


@pytest.mark.parametrize("target", ["verify_membership", "updatememberprofile", "syncmembers"])
@pytest.mark.parametrize("token", [None, "not-a-token", id_token("demo-another-project")])
def test_callables_are_for_those_logged_in(
    serve: Serve, project: str, target: str, token: str | None
) -> None:
    answer = call(serve(target), {}, token)

    assert answer.status_code == 401
    assert answer.json["error"]["status"] == "UNAUTHENTICATED"


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"data": 1, "more": 2}', b"{}", b"[" * 60_000, b'"x"' * 40_000]
)
def test_callables_refuse_a_body_that_is_no_call(serve: Serve, project: str, body: bytes) -> None:
    answer = serve("verify_membership").post(
        "/",
        data=body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {id_token(project)}"},
    )

    assert answer.status_code == 400
    assert (answer.json or {})["error"]["status"] == "INVALID_ARGUMENT"


def test_a_member_is_verified(
    serve: Serve, project: str, users: dict[str, Any], client: firestore.Client
) -> None:
    put(client, JON)
    users["kenni:x"] = {}

    answer = call(serve("verify_membership"), None, id_token(project, kennitala=JON))

    assert answer.json == {"result": {"isMember": True, "verified": True, "kennitala": "010170-****"}}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert users["kenni:x"]["roles"] == ["member"]
    assert client.collection("members").document(JON).get().get("verified") is True


@pytest.mark.parametrize("status", ["suspended", "left", None])
def test_who_is_no_active_member_is_not_verified(
    serve: Serve, project: str, users: dict[str, Any], client: firestore.Client, status: str | None
) -> None:
    put(client, JON, membership={"status": status})

    answer = call(serve("verify_membership"), None, id_token(project, kennitala=JON))

    assert answer.json["result"]["isMember"] is False
    assert users["kenni:x"]["isMember"] is False
    assert "verified" not in (client.collection("members").document(JON).get().to_dict() or {})


def test_verification_needs_the_electronic_id(serve: Serve, project: str) -> None:
    assert call(serve("verify_membership"), None, id_token(project)).status_code == 403


def test_a_profile_change_writes_document_and_entry(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, JON, verified=True)
    updates = {"name": "Jón J. Jónsson", "phone": "+354 555 4321"}

    answer = call(
        serve("updatememberprofile"),
        {"kennitala": "010170-1234", "updates": updates},
        id_token(project, kennitala=JON),
    )

    assert answer.json["result"]["updated"] == ["name", "profile.phone"]
    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert (stored["name"], stored["profile"]["phone"]) == ("Jón J. Jónsson", "5554321")
    assert (stored["profile"]["email"], stored["verified"]) == ("jon@example.is", True)
    entry = client.collection("sync_queue").document(answer.json["result"]["queueId"]).get().to_dict() or {}
    assert entry["changes"] == {"name": "Jón J. Jónsson", "profile.phone": "5554321"}
    assert (entry["kennitala"], entry["status"], entry["target"]) == (JON, "pending", "django")
    assert stored["lastEdit"] == answer.json["result"]["queueId"]


@pytest.mark.parametrize(
    ("data", "status"),
    [
        ({"kennitala": ANNA, "updates": {"name": "X"}}, 403),
        ({"kennitala": JON, "updates": {"roles": ["admin"]}}, 400),
        ({"kennitala": JON, "updates": {"membership": {"status": "active"}}}, 400),
        ({"kennitala": JON, "updates": {"email": "x"}}, 400),
        ({"kennitala": JON, "updates": {}}, 400),
        ({"kennitala": JON, "updates": []}, 400),
        ({"kennitala": 101701234, "updates": {"name": "X"}}, 400),
        ({"kennitala": "x", "updates": {"name": "X"}}, 400),
        ({"updates": {"name": "X"}}, 400),
        ({"kennitala": JON, "updates": {"name": "X"}, "more": 1}, 400),
        (None, 400),
        ("text", 400),
    ],
)
def test_a_profile_change_that_is_not_the_members_own_is_refused(
    serve: Serve, project: str, client: firestore.Client, data: Any, status: int
) -> None:
    put(client, JON)

    answer = call(serve("updatememberprofile"), data, id_token(project, kennitala=JON))

    assert answer.status_code == status
    assert answer.json["error"]["message"]
    assert list(client.collection("sync_queue").stream()) == []


def test_a_profile_change_of_nobody_is_refused(serve: Serve, project: str, client: firestore.Client) -> None:
    answer = call(
        serve("updatememberprofile"),
        {"kennitala": JON, "updates": {"name": "X"}},
        id_token(project, kennitala=JON),
    )

    assert (answer.status_code, answer.json["error"]["status"]) == (404, "NOT_FOUND")
    assert list(client.collection("sync_queue").stream()) == []


def test_staff_may_change_another_members_profile(
    serve: Serve, project: str, client: firestore.Client
) -> None:
    put(client, ANNA)

    answer = call(
        serve("updatememberprofile"),
        {"kennitala": ANNA, "updates": {"address": {"city": "Akureyri"}}},
        id_token(project, kennitala=JON, roles=["member", "admin"]),
    )

    assert answer.status_code == 200
    stored = client.collection("members").document(ANNA).get().to_dict() or {}
    assert stored["profile"]["address"] == {"street": "Dæmigata 1", "postalcode": "101", "city": "Akureyri"}


@pytest.mark.parametrize("roles", [[], ["member"], "admin", None])
def test_the_comparison_is_for_administrators(
    serve: Serve, project: str, django: MemoryPeer, roles: Any
) -> None:
    assert call(serve("syncmembers"), None, id_token(project, roles=roles)).status_code == 403
    assert django.apply_calls == []


def test_an_administrator_compares_everything(
    serve: Serve, project: str, django: MemoryPeer, client: firestore.Client
) -> None:
    django.put(document(JON))
    django.dirty.clear()

    result = call(serve("syncmembers"), None, id_token(project, roles=["admin"])).json["result"]

    assert (result["status"], result["drift"]["repaired"]) == ("success", 1)
    assert client.collection("sync_logs").document(result["log_id"]).get().exists


def test_a_failed_comparison_is_an_error(serve: Serve, project: str, django: MemoryPeer) -> None:
    django.outages = 1

    answer = call(serve("syncmembers"), None, id_token(project, roles=["admin"]))

    assert (answer.status_code, answer.json["error"]["status"]) == (503, "UNAVAILABLE")


# The sync


def test_the_sync_runs_on_an_empty_body(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    django.put(document(JON))

    answer = serve("bidirectional_sync").post("/")

    assert answer.status_code == 200
    assert (answer.json or {})["django_to_firestore"]["written"] == 1
    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert stored["profile"]["address"]["street"] == "Dæmigata 1"
    assert stored["sync"]["operation"]


@pytest.mark.parametrize("fault", ["run", "member"])
def test_defect_11_a_run_that_may_succeed_later_does_not_answer_200(
    serve: Serve, django: MemoryPeer, fault: str
) -> None:
    django.put(document(JON))
    if fault == "run":
        django.outages = 1
    else:
        django.silent.add(JON)

    answer = serve("bidirectional_sync").post("/")

    assert answer.status_code == 503
    assert (answer.json or {})["status"] == ("failed" if fault == "run" else "partial")


def test_a_member_given_up_is_no_reason_to_call_again(serve: Serve, django: MemoryPeer) -> None:
    django.put(document(JON))
    django.invalid.add(JON)

    answer = serve("bidirectional_sync").post("/")

    assert (answer.status_code, (answer.json or {})["status"]) == (200, "partial")


def test_the_sync_says_what_it_would_do(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    django.put(document(JON))

    answer = serve("bidirectional_sync").post("/", json={"mode": "full", "dry_run": True})

    assert JON in [plan["kennitala"] for plan in (answer.json or {})["dry_run"]]
    assert list(client.collection("members").stream()) == []


@pytest.mark.parametrize("body", [b"{", b'{"mode": "all"}', b'{"dry_run": 7}', b"[1]"])
def test_the_sync_refuses_an_order_it_does_not_know(serve: Serve, django: MemoryPeer, body: bytes) -> None:
    assert serve("bidirectional_sync").post("/", data=body).status_code == 400
    assert django.apply_calls == []


def test_the_sync_takes_post_alone_and_no_huge_body(serve: Serve, django: MemoryPeer) -> None:
    served = serve("bidirectional_sync")

    assert served.get("/").status_code == 405
    assert served.post("/", data=b"x" * 100_000).status_code == 413


def _written(kennitala: str, operation: str | None = None) -> tuple[dict[str, str], bytes]:
    name = f"projects/p/databases/(default)/documents/members/{kennitala}"
    mark = MapValue(fields={"operation": Value(string_value=operation)} if operation else {})
    event = DocumentEventData(value=Document(name=name, fields={"sync": Value(map_value=mark)}))
    headers = {
        "ce-id": "event-1",
        "ce-source": "//firestore.googleapis.com/projects/p/databases/(default)",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-subject": f"documents/members/{kennitala}",
        "ce-document": f"members/{kennitala}",
        "content-type": "application/protobuf",
    }
    return headers, DocumentEventData.serialize(event)


def test_an_event_reconciles_its_member(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    put(client, JON, name="Nýr Félagi")
    headers, body = _written(JON)

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.value(JON, "name") == "Nýr Félagi"


def test_an_event_twice_does_no_more_than_once(
    serve: Serve, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, JON)
    headers, body = _written(JON)
    served = serve("track_member_changes")
    served.post("/", headers=headers, data=body)
    before = client.collection("members").document(JON).get().update_time

    served.post("/", headers=headers, data=body)

    assert client.collection("members").document(JON).get().update_time == before


def test_the_echo_of_our_own_write_asks_nobody(serve: Serve, django: MemoryPeer) -> None:
    headers, body = _written(JON, operation="operation-1")

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.apply_calls == []


def test_an_event_during_an_outage_is_delivered_again(
    serve: Serve, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, JON)
    django.outages = 1
    headers, body = _written(JON)
    served = serve("track_member_changes")

    assert served.post("/", headers=headers, data=body).status_code == 500
    assert served.post("/", headers=headers, data=body).status_code == 200
    assert django.value(JON, "name") == "Jón Jónsson"


@pytest.mark.parametrize("body", [b"", b"garbage"])
def test_an_event_that_cannot_be_read_is_not_delivered_for_ever(
    serve: Serve, django: MemoryPeer, body: bytes
) -> None:
    headers, _ = _written(JON)

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.apply_calls == []


# Health


def test_health_names_what_is_configured_and_no_value(serve: Serve) -> None:
    answer = serve("healthz").get("/")

    assert answer.status_code == 200
    assert set((answer.json or {})["configured"].values()) == {True}
    assert "kenni.example" not in answer.text


def test_health_is_503_when_something_is_missing(serve: Serve, environment: pytest.MonkeyPatch) -> None:
    environment.delenv("DJANGO_API_BASE_URL")

    answer = serve("healthz").get("/")

    assert answer.status_code == 503
    assert (answer.json or {})["configured"]["DJANGO_API_BASE_URL"] is False


def test_health_takes_get_alone(serve: Serve) -> None:
    assert serve("healthz").post("/").status_code == 405
