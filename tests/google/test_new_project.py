"""A new project, asked over HTTP: its front ends are late, forgetful and busy, and our provider copes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from infra.google_apis.session import Session, credentials
from local.google.frame import access_tokens
from local.google.frame.treatment import treatment_of
from local.provider.gcp import retries
from local.resource_store import ResourceStore
from local.services.enabled_apis import project_number
from local.services.service_agents import agent_exists
from local.services.signing_key import key_of
from local.world import NEW_PROJECT, World
from tests.google.conftest import bearer, running
from tests.google.functions import OWNER
from tests.google.provider import BY_TYPE, Provider

PATIENCE_SECONDS = 30
SEED = 59
ACCOUNT = "gcp:serviceaccount/account:Account"
SERVICE = "gcp:projects/service:Service"
READER = "roles/storage.objectViewer"
FEWEST_CREATIONS, MOST_CREATIONS = 25, 200
"""Of 200, hardly ever is none refused: Google refuses one of twelve."""


@pytest.fixture(scope="module")
def new_world() -> Iterator[World]:
    with running("fresh", google=NEW_PROJECT, googleSeed=SEED) as world:
        yield world


@pytest.fixture(scope="module")
def ask(new_world: World) -> Iterator[Callable[..., httpx.Response]]:
    """A patient caller, who asks again after 429 and 503: what it gets is the answer."""
    with httpx.Client(base_url=new_world.url("googleapis"), trust_env=False, timeout=60) as client:

        def asked(verb: str, path: str, body: Any = None, token: str = OWNER) -> httpx.Response:
            for _ in range(3):
                answer = client.request(verb, path, json=body, headers=bearer(token))
                if answer.status_code not in (429, 503):
                    return answer
            raise AssertionError("refused for a moment, three times running")

        yield asked


@pytest.fixture(scope="module")
def provider(new_world: World) -> Provider:
    return Provider(new_world)


def seconds_until(works: Callable[[], bool], since: float | None = None) -> float:
    """How long that took, counted from a moment of the monotonic clock, or from now."""
    started = time.monotonic()
    while not works():
        assert time.monotonic() - started < PATIENCE_SECONDS
        time.sleep(0.05)
    return time.monotonic() - (since or started)


def enabled(
    provider: Provider, ask: Callable[..., httpx.Response], world: World, api: str, path: str
) -> None:
    provider.create(SERVICE, api, service=f"{api}.googleapis.com")
    seconds_until(lambda: ask("GET", path.format(project=world.project)).status_code != 403)


def latest(names: list[str], late: Callable[[str], float]) -> str:
    """The name with which it takes longest, so that a slow machine asks before it is over."""
    return max(names, key=late)


def account_name(world: World, account_id: str) -> str:
    email = f"{account_id}@{world.project}.iam.gserviceaccount.com"
    return f"projects/{world.project}/serviceAccounts/{email}"


def test_an_api_answers_a_while_after_it_was_enabled(
    ask: Callable[..., httpx.Response], provider: Provider, new_world: World
) -> None:
    path = f"/secretmanager/v1/projects/{new_world.project}/secrets"
    asked = time.monotonic()
    provider.create(SERVICE, "secretmanager", service="secretmanager.googleapis.com")
    answer = ask("GET", path)
    assert answer.status_code == 403
    assert answer.json()["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    treatment = treatment_of(new_world)
    late = treatment.seconds(treatment.apis, "secretmanager.googleapis.com")
    assert seconds_until(lambda: ask("GET", path).is_success, asked) >= late


def test_some_calls_are_refused_with_the_seconds_to_wait(new_world: World) -> None:
    services = f"{new_world.url('googleapis')}/serviceusage/v1/projects/{new_world.project}/services"
    with httpx.Client(headers=bearer(), trust_env=False) as client:
        answers = [client.get(f"{services}/x{number}.googleapis.com") for number in range(200)]
    refused = [each for each in answers if each.status_code in (429, 503)]
    assert {each.status_code for each in refused} == {429, 503}
    for each in refused:
        assert int(each.headers["Retry-After"]) > 0
        assert each.json()["error"]["status"] in ("RESOURCE_EXHAUSTED", "UNAVAILABLE")


def test_the_programs_own_calls_get_through(new_world: World) -> None:
    session = Session(credentials("owner"), new_world.project)
    url = f"{new_world.url('googleapis')}/serviceusage/v1/projects/{new_world.project}/services"
    for number in range(30):
        assert session.find(f"{url}/run.googleapis.com?prettyPrint={'true' if number % 2 else 'false'}")


def test_an_account_is_made_before_iam_finds_it_and_the_provider_waits(
    ask: Callable[..., httpx.Response], provider: Provider, new_world: World
) -> None:
    project = new_world.project
    enabled(provider, ask, new_world, "iam", "/iam/v1/projects/{project}/serviceAccounts")
    enabled(provider, ask, new_world, "cloudresourcemanager", "/cloudresourcemanager/v1/projects/{project}")
    treatment = treatment_of(new_world)
    names = [f"seen-late-{number}" for number in range(40)]
    late = latest(names, lambda it: treatment.seconds(treatment.identities, account_name(new_world, it)))
    made = ask("POST", f"/iam/v1/projects/{project}/serviceAccounts", {"accountId": late}).json()
    assert ask("GET", f"/iam/v1/{made['name']}").status_code == 404
    refused = ask(
        "POST", f"/cloudresourcemanager/v1/projects/{project}:setIamPolicy", granting(made["email"])
    )
    assert (refused.status_code, refused.json()["error"]["message"]) == (
        400,
        f"Service account {made['email']} does not exist.",
    )
    name, _ = provider.create(ACCOUNT, accountId="waited-for")
    assert ask("GET", f"/iam/v1/{name}").is_success


def granting(email: str, role: str = READER) -> dict[str, Any]:
    return {"policy": {"bindings": [{"role": role, "members": [f"serviceAccount:{email}"]}]}}


def test_a_grant_lets_nobody_do_anything_at_first(
    ask: Callable[..., httpx.Response], provider: Provider, new_world: World
) -> None:
    project = new_world.project
    account, _ = provider.create(ACCOUNT, "late", accountId="granted-late")
    member = f"serviceAccount:{account.rsplit('/', 1)[-1]}"
    granted = time.monotonic()
    provider.create("gcp:projects/iAMMember:IAMMember", role=READER, member=member)
    policy = ask("POST", f"/cloudresourcemanager/v1/projects/{project}:getIamPolicy", {}).json()
    (binding,) = [each for each in policy["bindings"] if each["role"] == READER]
    assert member in binding["members"]
    token = access_tokens.issue(key_of(new_world), [member])
    path = f"/cloudresourcemanager/v1/projects/{project}:testIamPermissions"
    asked = {"permissions": ["storage.objects.get"]}
    assert ask("POST", path, asked, token=token).json() == {}
    treatment = treatment_of(new_world)
    late = treatment.seconds(treatment.grants, f"projects/{project}|{READER}|{member}")
    assert seconds_until(lambda: ask("POST", path, asked, token=token).json() == asked, granted) >= late


def test_nobody_grants_a_role_to_an_agent_that_was_not_asked_for(
    ask: Callable[..., httpx.Response], new_world: World
) -> None:
    project = new_world.project
    agent = f"service-{project_number(project)}@gcp-sa-eventarc.iam.gserviceaccount.com"
    policy = f"/cloudresourcemanager/v1/projects/{project}:setIamPolicy"
    refused = ask("POST", policy, granting(agent, "roles/eventarc.serviceAgent"))
    assert refused.json()["error"]["message"] == f"Service account {agent} does not exist."
    service = f"/serviceusage/v1beta1/projects/{project}/services/eventarc.googleapis.com"
    assert ask("POST", f"{service}:generateServiceIdentity").json()["response"]["email"] == agent
    assert ask("POST", policy, granting(agent, "roles/eventarc.serviceAgent")).is_success


def test_the_provider_asks_for_an_agent_over_http(provider: Provider, new_world: World) -> None:
    kind = "gcp:projects/serviceIdentity:ServiceIdentity"
    name, outputs = provider.create(kind, service="pubsub.googleapis.com")
    assert outputs["email"].endswith("@gcp-sa-pubsub.iam.gserviceaccount.com")
    assert outputs["member"] == f"serviceAccount:{outputs['email']}"
    assert provider.read(kind, name, outputs)[2] == outputs
    assert agent_exists(ResourceStore(new_world), outputs["email"])


def test_creations_that_are_refused_for_a_moment_get_through(
    ask: Callable[..., httpx.Response],
    provider: Provider,
    new_world: World,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each is made, and none is lost. It goes on until Google has refused some."""
    enabled(provider, ask, new_world, "secretmanager", "/secretmanager/v1/projects/{project}/secrets")
    again: list[int] = []
    is_transient = retries.is_transient

    def noted(status: int, body: str) -> bool:
        again.extend([status] if is_transient(status, body) else [])
        return is_transient(status, body)

    monkeypatch.setattr(retries, "is_transient", noted)
    names: list[str] = []
    while len(names) < FEWEST_CREATIONS or not again:
        assert len(names) < MOST_CREATIONS, "none was refused"
        names.append(f"secret-{len(names)}")
        provider.create(
            "gcp:secretmanager/secret:Secret", names[-1], secretId=names[-1], replication={"auto": {}}
        )
    listed = ask("GET", f"/secretmanager/v1/projects/{new_world.project}/secrets?pageSize=250").json()
    assert sorted(each["name"].rsplit("/", 1)[-1] for each in listed["secrets"]) == sorted(names)


def test_a_deleted_database_keeps_its_id_for_a_while(
    ask: Callable[..., httpx.Response], provider: Provider, new_world: World
) -> None:
    enabled(provider, ask, new_world, "firestore", "/firestore/v1/projects/{project}/databases")
    kind = "gcp:firestore/database:Database"
    inputs = {"name": "passing", "locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}
    database, outputs = provider.create(kind, **inputs, deletionPolicy="DELETE")
    BY_TYPE[kind].delete(provider.call(kind), database, outputs)
    body = {key: inputs[key] for key in ("locationId", "type")}
    path = f"/firestore/v1/projects/{new_world.project}/databases?databaseId=passing"
    refused = ask("POST", path, body).json()["error"]
    assert refused["status"] == "FAILED_PRECONDITION"
    assert re.fullmatch(
        r"Database ID 'passing' is not .*\. Please retry in \d+ seconds\.", refused["message"]
    )
    seconds_until(lambda: ask("POST", path, body).is_success)
