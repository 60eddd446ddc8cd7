"""The front end for functions accepts, refuses and forwards requests as Google's does."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from local.services import identity_tokens
from local.services.identity_tokens import sign_identity
from local.services.internal_network import internal_address
from local.services.signing_key import key_of
from local.world import World
from tests.services import roles
from tests.services.declarations import Declarations
from tests.services.recording_function import RecordingFunction

pytestmark = pytest.mark.usefixtures("ingress")


@pytest.fixture
def client(running_world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running_world.url("functions"), timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture
def caller(declared: Declarations, function: RecordingFunction) -> str:
    """An account that may call the closed function `sync_all`."""
    service = declared.function("sync_all", function.port)
    address = declared.account("caller")
    declared.grant(f"serviceAccount:{address}", roles.INVOKER, service)
    return address


def token(world: World, email: str, audience: str | None = None) -> dict[str, str]:
    wanted = audience or f"{world.url('functions')}/sync_all"
    return {"Authorization": f"Bearer {sign_identity(key_of(world), email, wanted)}"}


def test_an_invoker_with_a_token_gets_through(
    client: httpx.Client, running_world: World, caller: str, function: RecordingFunction
) -> None:
    answer = client.post("/sync_all", headers=token(running_world, caller), content=b"{}")
    assert (answer.status_code, answer.text) == (200, "done")
    assert function.received[0].body == b"{}"


def test_the_function_cannot_use_the_callers_token_again(
    client: httpx.Client, running_world: World, caller: str, function: RecordingFunction
) -> None:
    client.post("/sync_all", headers=token(running_world, caller))
    seen = function.received[0].headers["authorization"]
    assert seen.endswith(".SIGNATURE_REMOVED_BY_GOOGLE")
    assert client.post("/sync_all", headers={"Authorization": seen}).status_code == 401


def test_beside_a_checked_token_the_other_header_is_whatever_the_caller_wrote(
    client: httpx.Client, running_world: World, caller: str, function: RecordingFunction
) -> None:
    [checked] = token(running_world, caller).values()
    forged = {"X-Serverless-Authorization": checked, "Authorization": "Bearer e30.e30.forged"}
    assert client.post("/sync_all", headers=forged).status_code == 200
    seen = function.received[0].headers
    assert seen["authorization"] == "Bearer e30.e30.forged"
    assert seen["x-serverless-authorization"].endswith(".SIGNATURE_REMOVED_BY_GOOGLE")


def test_no_token_is_401_with_googles_error(
    client: httpx.Client, caller: str, function: RecordingFunction
) -> None:
    answer = client.post("/sync_all")
    assert answer.status_code == 401
    assert answer.json()["error"]["status"] == "UNAUTHENTICATED"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert caller
    assert function.received == []


@pytest.mark.parametrize("header", ["Bearer x", "Bearer a.b.c", "Basic dTpw", "Bearer", "Bearer owner"])
@pytest.mark.usefixtures("caller")
def test_a_bad_token_is_401(client: httpx.Client, header: str, function: RecordingFunction) -> None:
    assert client.post("/sync_all", headers={"Authorization": header}).status_code == 401
    assert function.received == []


def test_a_token_for_another_audience_is_401(
    client: httpx.Client, running_world: World, caller: str, function: RecordingFunction
) -> None:
    other = token(running_world, caller, running_world.url("functions") + "/other")
    assert client.post("/sync_all", headers=other).status_code == 401
    assert function.received == []


def test_an_expired_token_is_401(
    client: httpx.Client, running_world: World, caller: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(identity_tokens, "LIFETIME", -120)
    assert client.post("/sync_all", headers=token(running_world, caller)).status_code == 401


def test_an_account_without_the_invoker_role_is_403(
    client: httpx.Client, running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    declared.function("sync_all", function.port)
    stranger = declared.account("stranger")
    answer = client.post("/sync_all", headers=token(running_world, stranger))
    assert answer.status_code == 403
    assert "stranger@" in answer.json()["error"]["message"]
    assert function.received == []


def test_taking_the_binding_away_closes_the_function(
    client: httpx.Client, running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    service = declared.function("sync_all", function.port)
    caller = declared.account("caller")
    binding = declared.grant(f"serviceAccount:{caller}", roles.INVOKER, service)
    assert client.post("/sync_all", headers=token(running_world, caller)).status_code == 200
    declared.revoke(binding)
    assert client.post("/sync_all", headers=token(running_world, caller)).status_code == 403


def test_a_public_function_gets_the_callers_own_authorization(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("verifyMembership", function.port)
    headers = {"Authorization": "Bearer a.firebase.token", "Origin": "http://portal"}
    assert client.post("/verifyMembership", headers=headers).status_code == 200
    assert function.received[0].headers["authorization"] == "Bearer a.firebase.token"
    assert function.received[0].headers["origin"] == "http://portal"


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_method_path_and_query_arrive_as_they_were(
    client: httpx.Client, declared: Declarations, function: RecordingFunction, method: str
) -> None:
    declared.public_function("healthz", function.port)
    assert client.request(method, "/healthz/a%2Fb/c?x=%C3%BE&y=1").status_code == 200
    assert (function.received[0].method, function.received[0].path) == (method, "/a%2Fb/c?x=%C3%BE&y=1")


def test_the_root_of_a_function_is_its_path_slash(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    client.get("/healthz")
    assert function.received[0].path == "/"


def test_the_callers_address_is_the_last_of_x_forwarded_for(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    client.get("/healthz", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    forwarded = function.received[0].headers["x-forwarded-for"].split(",")
    assert forwarded[0] == "203.0.113.9"
    assert forwarded[1].startswith("127.")
    assert function.received[0].headers["x-forwarded-proto"] == "http"


def test_every_header_of_the_answer_arrives(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    answer = client.get("/healthz")
    assert answer.headers.get_list("set-cookie") == ["one=1", "two=2"]


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500])
def test_the_functions_status_is_the_callers(
    client: httpx.Client, declared: Declarations, function: RecordingFunction, status: int
) -> None:
    function.statuses = [status]
    declared.public_function("healthz", function.port)
    assert client.get("/healthz").status_code == status


def test_an_unknown_function_is_404(client: httpx.Client) -> None:
    assert client.get("/nothing").status_code == 404
    assert client.get("/").status_code == 404


def test_a_request_larger_than_googles_limit_is_413(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    assert client.post("/healthz", content=b"x" * (32 * 1024 * 1024 + 1)).status_code == 413
    assert function.received == []
    assert client.post("/healthz", content=b"x" * (32 * 1024 * 1024)).status_code == 200


def test_no_answer_in_the_functions_time_is_504(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port, timeout=1)
    function.delay = 2
    assert client.get("/healthz").status_code == 504


def test_a_function_without_a_revision_is_503(client: httpx.Client, declared: Declarations) -> None:
    declared.public_function("healthz", None)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "no live revision" in answer.json()["error"]["message"]


def test_a_revision_that_is_down_is_503_with_the_reason(
    client: httpx.Client, declared: Declarations, running_world: World
) -> None:
    with RecordingFunction(running_world.address) as gone:
        declared.public_function("healthz", gone.port)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert "healthz-00001 does not listen" in answer.json()["error"]["message"]


def test_only_googles_own_network_reaches_an_internal_function(
    client: httpx.Client, declared: Declarations, function: RecordingFunction, running_world: World
) -> None:
    declared.public_function("healthz", function.port, ingress="INGRESS_TRAFFIC_INTERNAL_ONLY")
    assert client.get("/healthz").status_code == 404
    transport = httpx.HTTPTransport(local_address=internal_address(running_world))
    with httpx.Client(transport=transport, trust_env=False) as internal:
        assert internal.get(f"{running_world.url('functions')}/healthz").status_code == 200


def test_the_host_header_of_a_stranger_changes_nothing(
    client: httpx.Client, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code == 200


def test_a_hundred_calls_at_once_all_arrive(
    running_world: World, declared: Declarations, function: RecordingFunction
) -> None:
    declared.public_function("healthz", function.port)
    started = time.monotonic()
    with ThreadPoolExecutor(20) as pool, httpx.Client(trust_env=False) as client:
        url = f"{running_world.url('functions')}/healthz"
        statuses = list(pool.map(lambda _: client.get(url, timeout=30).status_code, range(100)))
    print(f"100 calls in {time.monotonic() - started:.2f} s")
    assert statuses == [200] * 100
