"""Token exchange, impersonation and running a job, over HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from local.google.workload_identity import POOLS, PROVIDERS
from local.services import iam
from local.services.enabled_apis import SERVICES, service_name
from local.services.identity_tokens import verify_identity
from local.services.job_runner import ATTEMPTS, JOBS
from local.services.signing_key import key_of
from local.world import World
from tests.services import roles
from tests.services.declarations import PROJECT, REGION, Declarations, email
from tests.services.recording_function import RecordingFunction

pytestmark = pytest.mark.usefixtures("googleapis")
POOL = "projects/123456789012/locations/global/workloadIdentityPools/linode"
AUDIENCE = f"//iam.googleapis.com/{POOL}/providers/django"
ISSUER = "https://starf.ekklesia.test"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"
SYNC = "http://127.0.0.1:8401/bidirectional_sync"


@pytest.fixture(scope="module")
def host_key() -> RSAKey:
    """The key that never leaves the Debian host."""
    key = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig"})
    key.ensure_kid()
    return key


@pytest.fixture
def client(running_world: World) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=running_world.url("googleapis"), trust_env=False, timeout=30) as client:
        yield client


@pytest.fixture
def federation(declared: Declarations, host_key: RSAKey) -> Declarations:
    """The pool and its provider, and an account that the host may act as."""
    declare_provider(declared, host_key)
    account = declared.account("sync-nudge")
    member = f"principal://iam.googleapis.com/{POOL}/subject/django"
    declared.grant(member, roles.WORKLOAD_IDENTITY_USER, iam.service_account_name(account))
    return declared


def declare_provider(declared: Declarations, key: RSAKey, **changes: Any) -> None:
    pool = f"projects/{PROJECT}/locations/global/workloadIdentityPools/linode"
    provider = {
        "attributeMapping": {"google.subject": "assertion.sub", "attribute.host": "assertion.host"},
        "attributeCondition": "assertion.sub == 'django'",
        "oidc": {"issuerUri": ISSUER, "jwksJson": json.dumps({"keys": [key.as_dict(private=False)]})},
    }
    declared.record(POOLS, pool, {})
    declared.record(PROVIDERS, f"{pool}/providers/django", provider | changes)


def subject_token(key: RSAKey, **changes: Any) -> str:
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "sub": "django", "host": "linode", "iat": now, "exp": now + 300}
    return jwt.encode({"alg": "RS256", "kid": key.kid}, claims | changes, key)


def exchange(client: httpx.Client, token: str, **changes: str) -> httpx.Response:
    request = {
        "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
        "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt",
        "audience": AUDIENCE,
        "scope": SCOPE,
        "subjectToken": token,
    }
    return client.post("/sts/v1/token", json=request | changes)


def generate(client: httpx.Client, kind: str, bearer: str, account: str = "sync-nudge") -> httpx.Response:
    body = {"audience": SYNC, "includeEmail": True, "scope": [SCOPE]}
    url = f"/iamcredentials/v1/projects/-/serviceAccounts/{email(account)}:{kind}"
    return client.post(url, json=body, headers={"Authorization": f"Bearer {bearer}"})


@pytest.mark.usefixtures("federation")
def test_the_host_gets_an_id_token_of_its_account(
    client: httpx.Client, running_world: World, host_key: RSAKey
) -> None:
    granted = exchange(client, subject_token(host_key)).json()
    assert (granted["token_type"], granted["expires_in"]) == ("Bearer", 3600)
    token = generate(client, "generateIdToken", granted["access_token"]).json()["token"]
    assert verify_identity(key_of(running_world), token, {SYNC}) == email("sync-nudge")


@pytest.mark.usefixtures("federation")
def test_a_form_is_as_good_as_json(client: httpx.Client, host_key: RSAKey) -> None:
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "subject_token_type": "urn:ietf:params:oauth:token-type:id_token",
        "audience": AUDIENCE,
        "scope": SCOPE,
        "subject_token": subject_token(host_key),
    }
    assert client.post("/sts/v1/token", data=form).status_code == 200


@pytest.mark.usefixtures("federation")
def test_the_access_token_of_the_account_acts_as_the_account(
    client: httpx.Client, federation: Declarations, host_key: RSAKey
) -> None:
    federated = exchange(client, subject_token(host_key)).json()["access_token"]
    granted = generate(client, "generateAccessToken", federated).json()
    assert granted["expireTime"].endswith("Z")
    other = federation.account("other")
    nudge = f"serviceAccount:{email('sync-nudge')}"
    assert generate(client, "generateIdToken", granted["accessToken"], "other").status_code == 403
    federation.grant(nudge, roles.OPEN_ID_IMPERSONATOR, iam.service_account_name(other))
    assert generate(client, "generateIdToken", granted["accessToken"], "other").status_code == 200
    assert generate(client, "generateAccessToken", granted["accessToken"], "other").status_code == 403


@pytest.mark.usefixtures("federation")
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"aud": "https://example.org"}, "aud"),
        ({"iss": "https://example.org"}, "iss"),
        ({"exp": 1}, "expired"),
        ({"exp": None}, "exp"),
        ({"iat": None}, "iat"),
        ({"exp": int(time.time()) + 2 * 86400}, "more than a day"),
        ({"sub": ""}, "google.subject"),
        ({"sub": "x" * 200}, "google.subject"),
        ({"sub": "stranger"}, "condition"),
    ],
)
def test_a_wrong_claim_is_not_exchanged(
    client: httpx.Client, host_key: RSAKey, changes: dict[str, Any], reason: str
) -> None:
    given = {name: value for name, value in changes.items() if value is not None}
    token = subject_token(host_key, **given)
    for missing in changes.keys() - given.keys():
        claims = jwt.decode(token, host_key).claims
        del claims[missing]
        token = jwt.encode({"alg": "RS256", "kid": host_key.kid}, claims, host_key)
    answer = exchange(client, token)
    assert answer.status_code == 400
    assert reason in answer.json()["error_description"]


@pytest.mark.usefixtures("federation")
def test_a_token_of_another_key_is_not_exchanged(client: httpx.Client, host_key: RSAKey) -> None:
    other = RSAKey.generate_key(2048, {"alg": "RS256", "use": "sig", "kid": str(host_key.kid)})
    answer = exchange(client, subject_token(other))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.usefixtures("federation")
@pytest.mark.parametrize(
    "changes",
    [
        {"audience": ""},
        {"audience": AUDIENCE + "x"},
        {"audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/x/providers/y"},
        {"scope": ""},
        {"grantType": "authorization_code"},
        {"requestedTokenType": "x"},
        {"subjectTokenType": "urn:ietf:params:oauth:token-type:saml2"},
        {"subjectToken": ""},
        {"subjectToken": "x.y.z"},
    ],
)
def test_a_wrong_request_is_not_answered(
    client: httpx.Client, host_key: RSAKey, changes: dict[str, str]
) -> None:
    answer = exchange(client, subject_token(host_key), **changes)
    assert answer.status_code == 400
    assert answer.json()["error"] in {"invalid_request", "invalid_target", "invalid_grant", "invalid_scope"}


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
def test_what_is_no_request_is_400(client: httpx.Client, body: bytes) -> None:
    assert client.post("/sts/v1/token", content=body).status_code == 400


def test_a_disabled_provider_exchanges_nothing(
    client: httpx.Client, federation: Declarations, host_key: RSAKey
) -> None:
    declare_provider(federation, host_key, disabled=True)
    assert exchange(client, subject_token(host_key)).json()["error"] == "invalid_target"


def test_the_allowed_audiences_replace_the_providers_name(
    client: httpx.Client, federation: Declarations, host_key: RSAKey
) -> None:
    keys = json.dumps({"keys": [host_key.as_dict(private=False)]})
    oidc = {"issuerUri": ISSUER, "jwksJson": keys, "allowedAudiences": ["ekklesia"]}
    declare_provider(federation, host_key, oidc=oidc)
    assert exchange(client, subject_token(host_key)).status_code == 400
    assert exchange(client, subject_token(host_key, aud="ekklesia")).status_code == 200


def test_without_the_binding_nobody_acts_as_the_account(
    client: httpx.Client, federation: Declarations, host_key: RSAKey
) -> None:
    target = iam.service_account_name(email("sync-nudge"))
    member = f"principal://iam.googleapis.com/{POOL}/subject/django"
    federation.revoke(f"{target}|{roles.WORKLOAD_IDENTITY_USER}|{member}")
    federated = exchange(client, subject_token(host_key)).json()["access_token"]
    assert generate(client, "generateIdToken", federated).status_code == 403


def test_an_attribute_can_be_bound_instead_of_the_subject(
    client: httpx.Client, declared: Declarations, host_key: RSAKey
) -> None:
    declare_provider(declared, host_key)
    account = declared.account("sync-nudge")
    members = f"principalSet://iam.googleapis.com/{POOL}/attribute.host/linode"
    declared.grant(members, roles.WORKLOAD_IDENTITY_USER, iam.service_account_name(account))
    for host, status in (("linode", 200), ("elsewhere", 403)):
        federated = exchange(client, subject_token(host_key, host=host)).json()["access_token"]
        assert generate(client, "generateIdToken", federated).status_code == status


@pytest.mark.usefixtures("federation")
@pytest.mark.parametrize("bearer", ["x", "ya29.x", "ya29.a.b.c"])
def test_without_an_access_token_there_is_no_id_token(client: httpx.Client, bearer: str) -> None:
    assert generate(client, "generateIdToken", bearer).status_code == 401


@pytest.mark.usefixtures("federation")
def test_the_hosts_own_token_is_no_access_token(client: httpx.Client, host_key: RSAKey) -> None:
    assert generate(client, "generateIdToken", subject_token(host_key)).status_code == 401


def test_an_account_that_does_not_exist_has_no_tokens(client: httpx.Client) -> None:
    assert generate(client, "generateIdToken", "owner", "ghost").status_code == 404


def test_the_public_keys_are_published(client: httpx.Client, running_world: World) -> None:
    assert client.get("/oauth2/certs").json()["keys"][0]["kid"] == key_of(running_world).kid


@pytest.fixture
def job(declared: Declarations, function: RecordingFunction) -> Iterator[str]:
    """Declare a job that calls a function open to everyone; return its name."""
    name = f"projects/{PROJECT}/locations/{REGION}/jobs/sweep"
    target = {"uri": f"http://{declared.world.address}:{function.port}/", "httpMethod": "POST"}
    declared.record(SERVICES, service_name(PROJECT, "cloudscheduler.googleapis.com"), {})
    declared.record(JOBS, name, {"name": name, "schedule": "* * * * *", "httpTarget": target})
    yield name
    declared.store.delete(ATTEMPTS, name)


def test_a_job_can_be_run_now_and_looked_at(
    client: httpx.Client, job: str, function: RecordingFunction
) -> None:
    owner = {"Authorization": "Bearer owner"}
    assert client.post(f"/cloudscheduler/v1/{job}:run", headers=owner).json()["name"] == job
    function.wait_for(1)
    deadline = time.monotonic() + 10
    while "lastAttemptTime" not in (shown := client.get(f"/cloudscheduler/v1/{job}", headers=owner).json()):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert shown["status"] == {}


def test_not_everyone_may_run_a_job(
    client: httpx.Client, job: str, function: RecordingFunction, federation: Declarations, host_key: RSAKey
) -> None:
    url = f"/cloudscheduler/v1/{job}:run"
    assert client.post(url).status_code == 401
    federated = exchange(client, subject_token(host_key)).json()["access_token"]
    assert client.post(url, headers={"Authorization": f"Bearer {federated}"}).status_code == 403
    assert client.post(f"{url[:-4]}x:run", headers={"Authorization": "Bearer owner"}).status_code == 404
    assert federation
    assert function.received == []
