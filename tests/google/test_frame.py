"""What is the same for every API: bearer, project, enabled API, permission, parameters, bodies and masks."""

from __future__ import annotations

import time
from typing import Any

import httpx
import pytest
from google.iam.v1 import policy_pb2
from google.protobuf import json_format

from local.google.frame import access_tokens
from local.google.frame.etags import etag_of, require_seen
from local.google.frame.masks import selected, updated
from local.google.frame.pages import page
from local.resource_store import Record, ResourceStore
from local.services import iam
from local.services.enabled_apis import project_number
from local.services.google_errors import GoogleError
from local.services.signing_key import key_of
from local.world import World

from .conftest import bearer

SECRET: dict[str, Any] = {"replication": {"automatic": {}}}
VIEWER = "roles/secretmanager.viewer"


def refused(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of an error in Google's form."""
    error = answer.json()["error"]
    assert error["code"] == answer.status_code
    assert error["message"]
    return answer.status_code, error["status"]


def secrets(world: World) -> str:
    return f"/secretmanager/v1/projects/{world.project}/secrets"


@pytest.mark.parametrize("token", ["", "nonsense", "ya29.x.y.z"])
def test_a_caller_needs_a_bearer(rest: httpx.Client, google_world: World, token: str) -> None:
    answer = rest.get(secrets(google_world), headers=bearer(token) if token else {"Authorization": ""})
    assert refused(answer) == (401, "UNAUTHENTICATED")


def test_another_project_is_none_of_this_worlds(rest: httpx.Client) -> None:
    assert refused(rest.get("/secretmanager/v1/projects/demo-other/secrets")) == (403, "PERMISSION_DENIED")


def test_the_projects_number_means_the_project(rest: httpx.Client, google_world: World) -> None:
    number = project_number(google_world.project)
    rest.post(
        f"/secretmanager/v1/projects/{number}/secrets?secretId=numbered", json=SECRET
    ).raise_for_status()
    answer = rest.get(f"{secrets(google_world)}/numbered").json()
    assert answer["name"] == f"projects/{number}/secrets/numbered"
    rest.delete(f"{secrets(google_world)}/numbered").raise_for_status()


def test_an_api_that_is_not_enabled_is_refused(rest: httpx.Client, google_world: World) -> None:
    service = f"/serviceusage/v1/projects/{google_world.project}/services/secretmanager.googleapis.com"
    assert rest.post(f"{service}:disable", json={}).json()["done"] is True
    answer = rest.get(secrets(google_world))
    assert refused(answer) == (403, "PERMISSION_DENIED")
    assert answer.json()["error"]["details"][0]["reason"] == "SERVICE_DISABLED"
    assert rest.post(f"{service}:enable").json()["response"]["service"]["state"] == "ENABLED"
    assert rest.get(secrets(google_world)).is_success


def test_a_bearer_may_what_its_roles_let_it(rest: httpx.Client, google_world: World) -> None:
    member = "user:anna@ekklesia.test"
    headers = bearer(access_tokens.issue(key_of(google_world), [member]))
    rest.post(f"{secrets(google_world)}?secretId=seen", json=SECRET).raise_for_status()
    path = f"{secrets(google_world)}/seen"
    assert refused(rest.get(path, headers=headers)) == (403, "PERMISSION_DENIED")
    store, target = ResourceStore(google_world), f"projects/{google_world.project}/secrets/seen"
    binding = {"target": target, "role": "roles/secretmanager.secretAccessor", "member": member}
    store.put(Record(iam.BINDINGS, "seen", binding))
    time.sleep(0.1)
    asked = {"permissions": ["secretmanager.versions.access", "secretmanager.secrets.delete"]}
    answer = rest.post(f"{path}:testIamPermissions", json=asked, headers=headers)
    assert answer.json() == {"permissions": ["secretmanager.versions.access"]}
    assert refused(rest.delete(path, headers=headers)) == (403, "PERMISSION_DENIED")
    store.delete(iam.BINDINGS, "seen")
    rest.delete(path).raise_for_status()


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"replication": {"automatic": {}}, "colour": "red"}, 'Unknown name "colour"'),
        ({"replication": {"automatic": {}}, "labels": ["a"]}, "(object)"),
        ({"replication": {"userManaged": {"replicas": "all"}}}, "(array)"),
        ({"replication": {"automatic": {}}, "expireTime": "tomorrow"}, "google-datetime"),
    ],
)
def test_a_body_is_what_google_describes(
    rest: httpx.Client, google_world: World, body: dict[str, Any], says: str
) -> None:
    answer = rest.post(f"{secrets(google_world)}?secretId=odd", json=body)
    assert refused(answer) == (400, "INVALID_ARGUMENT")
    assert says in answer.json()["error"]["message"]


def test_what_only_google_sets_is_ignored_and_null_is_nothing(
    rest: httpx.Client, google_world: World
) -> None:
    body = {"replication": {"automatic": {}, "userManaged": None}, "createTime": "2001-01-01T00:00:00Z"}
    answer = rest.post(f"{secrets(google_world)}?secretId=ignored", json=body).raise_for_status()
    assert not answer.json()["createTime"].startswith("2001")
    rest.delete(f"{secrets(google_world)}/ignored").raise_for_status()


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("?colour=red", (400, "INVALID_ARGUMENT")),
        ("?pageToken=%%%", (400, "INVALID_ARGUMENT")),
        ("/none", (404, "NOT_FOUND")),
        ("/none/nothing/at/all", (404, "NOT_FOUND")),
    ],
)
def test_wrong_paths_and_parameters(
    rest: httpx.Client, google_world: World, path: str, expected: tuple[int, str]
) -> None:
    assert refused(rest.get(f"{secrets(google_world)}{path}")) == expected


def test_what_google_has_and_nobody_serves_here_says_so(rest: httpx.Client) -> None:
    answer = rest.post("/serviceusage/v1/operations/x:cancel", json={})
    assert refused(answer)[0] in (404, 501)


def test_a_mask_changes_what_it_names_and_nothing_else() -> None:
    before = {"a": 1, "b": {"c": 2, "d": 3}, "e": 4}
    assert updated(before, {"b": {"c": 9, "d": 9}, "e": 9}, "b.c") == {"a": 1, "b": {"c": 9, "d": 3}, "e": 4}
    assert updated(before, {}, "a,b.d") == {"b": {"c": 2}, "e": 4}
    assert updated({}, {"maxAge": 1}, "max_age") == {"maxAge": 1}
    with pytest.raises(GoogleError, match="immutable field: a"):
        updated(before, {"a": 2}, "a", immutable=("a",))


def test_only_the_wanted_fields_are_answered() -> None:
    body = {"items": [{"name": "a", "size": 1}, {"name": "b"}], "next": "x"}
    assert selected(body, "items/name") == {"items": [{"name": "a"}, {"name": "b"}]}
    assert selected(body, "next,none") == {"next": "x"}
    assert selected(body, "") == body


def test_no_item_is_lost_between_pages_if_one_goes_away() -> None:
    items = [{"name": name} for name in "abcde"]
    first = page(items, "items", {"pageSize": "2"})
    assert [item["name"] for item in first["items"]] == ["a", "b"]
    rest_of_them = page(items[2:], "items", {"pageToken": first["nextPageToken"]})
    assert [item["name"] for item in rest_of_them["items"]] == ["c", "d", "e"]
    assert "nextPageToken" not in rest_of_them


@pytest.mark.parametrize(
    "path",
    [
        "cloudresourcemanager/v1/v1/projects/{project}",
        "serviceusage/v1beta1/v1/projects/{project}/services/iam.googleapis.com",
        "iam/v1/v1/projects/{project}/serviceAccounts",
    ],
)
def test_of_two_versions_the_last_counts(rest: httpx.Client, google_world: World, path: str) -> None:
    """Google's provider asks so where an address is not https."""
    assert rest.get(f"/{path.format(project=google_world.project)}").status_code == 200


def test_an_etag_may_come_back_in_the_other_alphabet_of_base64() -> None:
    """As `gcloud` sends it. Google's own messages take both for the same bytes."""
    present = next(etag for etag in map(etag_of, range(1000)) if "+" in etag and "/" in etag)
    sent = present.replace("+", "-").replace("/", "_")
    one, other = (json_format.ParseDict({"etag": each}, policy_pb2.Policy()) for each in (sent, present))
    assert one == other
    require_seen(sent, present)
    with pytest.raises(GoogleError, match="concurrent policy changes"):
        require_seen(etag_of("another state"), present)
