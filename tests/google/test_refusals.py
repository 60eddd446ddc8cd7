"""What Google refuses of functions, Cloud Run, builds, apps and sites, and what this world has no way to run.

A front end that accepted any of it would let a mistake through to production.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from googleapiclient.errors import HttpError

from local.google.function_checks import EVENTARC, SUBSCRIBE
from local.resource_store import Record, ResourceStore
from local.services.firebase_apps import SITES
from local.services.iam import RECEIVE_EVENTS
from local.services.service_agents import agent_of
from local.world import World
from tests.google.functions import Functions


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and words of a refusal."""
    return answer.status_code, str(answer.json().get("error", {}).get("message"))


@pytest.mark.parametrize(
    ("name", "changes", "words"),
    [
        ("1st", {}, "functionId: '1st' must match"),
        ("f", {"environment": "GEN_1"}, "runs functions of GEN_2 only"),
        ("f", {"buildConfig": {"runtime": "nodejs22"}}, "runs Python only"),
        ("f", {"buildConfig": {"runtime": "python311"}}, "entryPoint: must be given"),
        ("f", {"buildConfig": {"workerPool": "w"}}, "builds have no such setting"),
        ("f", {"buildConfig": {"source": {"repoSource": {}}}}, "builds from a bucket's object only"),
        ("f", {"serviceConfig": {"timeoutSeconds": 60}}, "serviceAccountEmail: must be given"),
        ("f", {"serviceConfig": {"availableMemory": "much"}}, "'much' is not an amount"),
        ("f", {"serviceConfig": {"timeoutSeconds": 3601}}, "not between 1 and 3600"),
        ("f", {"serviceConfig": {"vpcConnector": "x"}}, "services have no such setting"),
        ("f", {"serviceConfig": {"allTrafficOnLatestRevision": False}}, "goes to the latest revision"),
    ],
)
def test_a_function_that_cannot_be(
    functions: Functions, name: str, changes: dict[str, Any], words: str
) -> None:
    status, message = told(
        functions.answer("POST", f"/functions?functionId={name}", functions.body(**changes))
    )
    assert status == 400
    assert words in message


def test_a_function_elsewhere(functions: Functions, rest: httpx.Client) -> None:
    place = functions.parent.replace("europe-west2", "us-central1")
    path = f"/cloudfunctions/v2/{place}/functions?functionId=elsewhere"
    assert told(rest.post(path, json=functions.body()))[0] == 403


def test_events_need_a_receiver_and_a_database_in_their_region(functions: Functions, database: str) -> None:
    def refused(name: str, region: str = "europe-west2") -> str:
        trigger = functions.event_trigger(name.rsplit("/", 1)[-1], triggerRegion=region)
        body = functions.body(eventTrigger=trigger)
        return told(functions.answer("POST", "/functions?functionId=heard", body))[1]

    service = f"/serviceusage/v1beta1/projects/{functions.project}/services/{EVENTARC}"
    functions.send("POST", f"{service}:generateServiceIdentity", {})
    agent = agent_of(functions.project, EVENTARC)
    with functions.granted(f"serviceAccount:{agent}", SUBSCRIBE):
        assert f'Permission "{RECEIVE_EVENTS}" denied' in refused(database)
        with functions.granted(f"serviceAccount:{functions.account}", RECEIVE_EVENTS):
            assert "databases/none" in refused("none")
            assert "us-central1 is not the database's location" in refused(database, "us-central1")


def test_a_secret_that_the_revision_cannot_read(functions: Functions) -> None:
    variable = {"key": "WORD", "secret": "not-there", "version": "1", "projectId": functions.project}
    config = functions.body()["serviceConfig"] | {"secretEnvironmentVariables": [variable]}
    operation = functions.create("reads", functions.body(serviceConfig=config))
    assert "secret_key_ref" in operation["error"]["message"]
    functions.delete("reads")


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"binaryAuthorization": {"useDefault": True}}, 400, "no such setting: binaryAuthorization"),
        ({"traffic": [{"percent": 50}, {"percent": 50}]}, 400, "gives all traffic to one revision"),
    ],
)
def test_a_service_that_cannot_be(
    functions: Functions, changes: dict[str, Any], status: int, words: str
) -> None:
    path = f"/services/greet-all?updateMask={','.join(changes)}"
    found = told(functions.answer("PATCH", path, changes, api="run/v2"))
    assert found[0] == status
    assert words in found[1]


def test_a_service_that_has_changed_since_is_not_deleted(functions: Functions) -> None:
    refused = functions.answer("DELETE", "/services/greet-all?etag=%22old%22", api="run/v2")
    assert refused.status_code == 409


def test_who_changes_a_service_must_be_allowed_to_act_as_its_account(functions: Functions) -> None:
    operator = "user:operator@ekklesia.test"
    token = functions.token_of(operator)
    path = "/services/greet-all?updateMask=template.serviceAccount"
    template = {"serviceAccount": functions.account}
    with functions.granted(operator, "run.services.update"):
        refused = functions.answer("PATCH", path, {"template": template}, token, api="run/v2")
    assert "Permission 'iam.serviceaccounts.actas' denied" in refused.text
    template["serviceAccount"] = f"nobody@{functions.project}.iam.gserviceaccount.com"
    refused = functions.answer("PATCH", path, {"template": template}, api="run/v2")
    assert (refused.status_code, "does not exist" in refused.text) == (400, True)


def test_traffic_to_a_revision_that_is_not_kept(functions: Functions) -> None:
    traffic = [{"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": "gone", "percent": 100}]
    path = "/services/greet-all?updateMask=traffic"
    begun = functions.answer("PATCH", path, {"traffic": traffic}, api="run/v2").json()
    assert "Revision 'gone' was not found" in functions.end(begun, "run/v2")["error"]["message"]


def test_a_service_of_another_project_and_a_build_that_is_not_there(
    functions: Functions, rest: httpx.Client
) -> None:
    assert told(rest.get("/run/apis/serving.knative.dev/v1/namespaces/another/services"))[0] == 403
    assert told(functions.answer("GET", "/builds/none", api="cloudbuild/v1"))[0] == 404


def test_an_app_is_removed_once_and_comes_back_once(discovered: Callable[[str], Any], parent: str) -> None:
    apps = discovered("firebase.v1beta1").projects().webApps()
    made = apps.create(parent=parent, body={"displayName": "Of a test"}).execute()["response"]
    name = made["name"]
    with pytest.raises(HttpError, match="etag does not match"):
        apps.remove(name=name, body={"etag": "old"}).execute()
    with pytest.raises(HttpError, match="has not been removed"):
        apps.undelete(name=name, body={}).execute()
    apps.remove(name=name, body={}).execute()
    with pytest.raises(HttpError, match="has been removed already"):
        apps.remove(name=name, body={}).execute()
    with pytest.raises(HttpError, match="has been removed"):
        apps.patch(name=name, updateMask="displayName", body={"displayName": "Other"}).execute()
    apps.undelete(name=name, body={}).execute()
    apps.remove(name=name, body={"immediate": True}).execute()
    with pytest.raises(HttpError, match="404"):
        apps.get(name=name).execute()


class TestSites:
    @pytest.fixture
    def site(self, google_world: World, parent: str) -> Iterator[str]:
        """A site as far as its releases are concerned; nobody visits it."""
        store, name = ResourceStore(google_world), f"{parent}/sites/refusing"
        store.put(Record(SITES, name, {}))
        yield name
        store.delete(SITES, name)

    @pytest.mark.parametrize(
        ("verb", "path", "body", "status"),
        [
            ("POST", "/versions", {"config": {"rewrites": [{"glob": "**"}]}}, 400),
            ("GET", "/versions?filter=status%3D%22FINALIZED%22", None, 501),
            ("POST", "/releases", {"type": "SITE_DISABLE"}, 501),
            ("POST", "/releases?versionName=none", {}, 400),
            ("GET", "/channels/preview/releases", None, 404),
            ("GET", "/releases/none", None, 404),
        ],
    )
    def test_what_cannot_be_released(
        self, rest: httpx.Client, site: str, verb: str, path: str, body: Any, status: int
    ) -> None:
        answer = rest.request(verb, f"/firebasehosting/v1beta1/{site}{path}", json=body)
        assert answer.status_code == status, answer.text

    def test_more_files_than_a_call_takes(self, rest: httpx.Client, site: str) -> None:
        root = f"/firebasehosting/v1beta1/{site}/versions"
        version = rest.post(root, json={"config": {}}).json()["name"].rsplit("/", 1)[-1]
        files = {f"/{number}": "0" * 64 for number in range(1001)}
        answer = rest.post(f"{root}/{version}:populateFiles", json={"files": files})
        assert told(answer) == (400, "at most 1000 files a call")
