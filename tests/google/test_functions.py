"""Cloud Functions, and what it makes of a function: a build, a Cloud Run service and a trigger."""

from __future__ import annotations

import httpx
import pytest

from local.provider.resource_type import HalfMadeError
from local.services.google_errors import CODES
from local.world import World
from tests.google.conftest import bearer
from tests.google.functions import Functions
from tests.google.provider import BY_TYPE, Provider


def test_a_function_runs_as_it_was_declared(functions: Functions) -> None:
    function = functions.get("greet_all")
    assert function["state"] == "ACTIVE"
    assert function["serviceConfig"]["service"] == f"{functions.parent}/services/greet-all"
    assert function["serviceConfig"]["uri"].endswith("/greet_all")
    given = functions.environment("greet_all")
    assert (given["GREETING"], given["FUNCTION_TARGET"]) == ("hello", "greet")
    assert (given["K_SERVICE"], given["K_REVISION"]) == ("greet-all", function["serviceConfig"]["revision"])
    listed = functions.send("GET", f"/cloudfunctions/v2/projects/{functions.project}/locations/-/functions")
    assert [each["name"] for each in listed["functions"]] == [function["name"]]
    build = functions.send("GET", f"/cloudbuild/v1/{function['buildConfig']['build']}")
    assert build["status"] == "SUCCESS"


def test_a_mask_changes_what_it_names(functions: Functions) -> None:
    before = functions.get("greet_all")
    sent = {"serviceConfig": {"environmentVariables": {"GREETING": "good day"}}, "description": "not sent"}
    after = functions.patch("greet_all", "serviceConfig.environmentVariables", sent)["response"]
    assert functions.environment("greet_all")["GREETING"] == "good day"
    assert "description" not in after
    assert after["serviceConfig"]["timeoutSeconds"] == before["serviceConfig"]["timeoutSeconds"]
    assert after["serviceConfig"]["revision"] != before["serviceConfig"]["revision"]


def test_a_change_that_does_not_start_leaves_the_function_as_it_was(functions: Functions) -> None:
    before = functions.get("greet_all")
    body = functions.body()
    body["buildConfig"]["entryPoint"] = "broken"
    operation = functions.patch("greet_all", "buildConfig", body)
    assert "Container Healthcheck failed" in operation["error"]["message"]
    assert functions.get("greet_all") == before
    assert functions.environment("greet_all")["FUNCTION_TARGET"] == "greet"


def test_a_first_build_that_fails_leaves_a_failed_function_without_an_address(functions: Functions) -> None:
    body = functions.body()
    body["buildConfig"]["entryPoint"] = "missing"
    operation = functions.create("failing", body)
    assert operation["error"]["code"] == CODES["INVALID_ARGUMENT"]
    assert "main.py has no function 'missing'" in operation["error"]["message"]
    function = functions.get("failing")
    assert (function["state"], function.get("url")) == ("FAILED", None)
    assert "uri" not in function["serviceConfig"]
    assert "missing" in function["stateMessages"][0]["message"]
    builds = functions.send("GET", f"/cloudbuild/v1/{functions.parent}/builds")["builds"]
    assert "FAILURE" in {each["status"] for each in builds}
    refused = functions.answer("POST", "/functions?functionId=failing", functions.body())
    assert (refused.status_code, refused.json()["error"]["status"]) == (409, "ALREADY_EXISTS")
    assert functions.patch("failing", "buildConfig", functions.body())["response"]["state"] == "ACTIVE"
    functions.delete("failing")
    assert functions.answer("GET", "/functions/failing").status_code == 404
    assert functions.answer("GET", "/services/failing", api="run/v2").status_code == 404


def test_only_one_operation_changes_a_function_at_a_time(functions: Functions) -> None:
    """The first one starts a process, so it is under way when the second one comes."""
    path = "/functions/greet_all?updateMask=serviceConfig.environmentVariables,labels"
    first = functions.answer("PATCH", path, functions.body(labels={"of": "first"}))
    second = functions.answer("PATCH", path, functions.body(labels={"of": "second"}))
    assert (second.status_code, second.json()["error"]["status"]) == (409, "ABORTED")
    assert functions.end(first.json())["response"]["labels"] == {"of": "first"}


def test_two_functions_cannot_have_one_service(functions: Functions) -> None:
    refused = functions.answer("POST", "/functions?functionId=greet-all", functions.body())
    assert "redeploy the function with a different name" in refused.text
    assert functions.answer("GET", "/functions/greet-all").status_code == 404


def test_who_deploys_must_be_allowed_to_act_as_the_account(functions: Functions) -> None:
    """The right to make functions would else be that to be any account."""
    path, body = "/functions?functionId=other", functions.body()
    deployer = "user:deployer@ekklesia.test"
    token = functions.token_of(deployer)
    assert "cloudfunctions.functions.create" in functions.answer("POST", path, body, token).text
    with functions.granted(deployer, "cloudfunctions.functions.create", "cloudfunctions.functions.update"):
        refused = functions.answer("POST", path, body, token)
        assert refused.status_code == 403
        assert "Permission 'iam.serviceaccounts.actas' denied" in refused.text
        changed = functions.answer("PATCH", "/functions/greet_all?updateMask=description", body, token)
        assert changed.status_code == 403


def test_who_schedules_must_be_allowed_to_act_as_the_account(functions: Functions) -> None:
    planner = "user:planner@ekklesia.test"
    token = functions.token_of(planner)
    target = {"uri": "http://127.0.0.1:1/", "oidcToken": {"serviceAccountEmail": functions.account}}
    job = {"name": f"{functions.parent}/jobs/planned", "schedule": "0 4 * * *", "httpTarget": target}
    with functions.granted(planner, "cloudscheduler.jobs.create"):
        refused = functions.answer("POST", "/jobs", job, token, api="cloudscheduler/v1")
        assert "Permission 'iam.serviceaccounts.actas' denied" in refused.text
        target.pop("oidcToken")
        assert functions.answer("POST", "/jobs", job, token, api="cloudscheduler/v1").is_success
    functions.send("DELETE", f"/cloudscheduler/v1/{functions.parent}/jobs/planned")


def test_events_need_the_agent_of_eventarc(functions: Functions) -> None:
    body = functions.body(eventTrigger=functions.event_trigger())
    refused = functions.answer("POST", "/functions?functionId=hears", body)
    assert (refused.status_code, refused.json()["error"]["status"]) == (400, "FAILED_PRECONDITION")
    assert "Permission denied while using the Eventarc Service Agent" in refused.text


def test_a_function_whose_service_was_deleted_has_failed(functions: Functions) -> None:
    functions.create("lost")
    service = f"/run/v2/{functions.parent}/services/lost"
    functions.end(functions.send("DELETE", service), "run/v2")
    function = functions.get("lost")
    assert (function["state"], function["stateMessages"][0]["type"]) == ("FAILED", "CloudRunServiceNotFound")
    functions.delete("lost")


@pytest.mark.parametrize(
    ("field", "changes", "says"),
    [
        ("serviceConfig", {"environmentVariables": {"K_SERVICE": "x"}}, "reserved environment names"),
        ("serviceConfig", {"ingressSettings": "OPEN"}, "one of INGRESS_SETTINGS_UNSPECIFIED"),
        ("serviceConfig", {"serviceAccountEmail": "none@{}.iam.gserviceaccount.com"}, "does not exist"),
        ("buildConfig", {"runtime": "nodejs22"}, "runs Python only"),
    ],
)
def test_what_google_refuses_is_refused_at_once(
    functions: Functions, field: str, changes: dict[str, str], says: str
) -> None:
    body = functions.body()
    body[field] |= {
        key: value.format(functions.project) if isinstance(value, str) else value
        for key, value in changes.items()
    }
    refused = functions.answer("POST", "/functions?functionId=wrong", body)
    assert (refused.status_code, says in refused.text) == (400, True), refused.text
    assert functions.answer("GET", "/functions/wrong").status_code == 404


def test_gcloud_finds_a_service_by_its_regions_address(functions: Functions, google_world: World) -> None:
    """That is a name which nobody knows, so this address is its proxy."""
    root = google_world.url("googleapis")
    regional = root.replace("http://", f"http://{google_world.region}-")
    path = f"/run/apis/serving.knative.dev/v1/namespaces/{functions.project}/services/greet-all"
    with httpx.Client(proxy=root, headers=bearer(), timeout=60) as client:
        service = client.get(f"{regional}{path}").json()
    assert service["status"]["url"] == functions.get("greet_all")["serviceConfig"]["uri"]
    (container,) = service["spec"]["template"]["spec"]["containers"]
    assert "GREETING" in {each["name"] for each in container["env"]}


KIND = "gcp:cloudfunctionsv2/function:Function"


def test_our_provider_makes_and_adopts_a_function(functions: Functions, google_world: World) -> None:
    provider = Provider(google_world)
    inputs = {"name": "ours", "location": google_world.region, **functions.body()}
    name, outputs = provider.create(KIND, **inputs)
    assert name == f"{functions.parent}/functions/ours"
    assert provider.read(KIND, name, outputs)[2] == outputs
    _, _, adopted = provider.read(KIND, name)
    declared = provider.complete(KIND, inputs)
    assert list(BY_TYPE[KIND].differences(provider.call(KIND), adopted, {}, declared)) == []
    again = functions.body(description="Greets")
    assert provider.update(KIND, name, outputs, **{**inputs, **again})["description"] == "Greets"
    provider.delete_all()
    assert provider.read(KIND, name) is None


def test_our_provider_keeps_a_function_whose_first_deploy_failed(
    functions: Functions, google_world: World
) -> None:
    provider = Provider(google_world)
    body = functions.body()
    body["buildConfig"]["entryPoint"] = "missing"
    with pytest.raises(HalfMadeError, match="has no function 'missing'") as failed:
        provider.create(KIND, name="half", location=google_world.region, **body)
    assert (failed.value.outputs["state"], failed.value.outputs["url"]) == ("FAILED", "")
    BY_TYPE[KIND].delete(provider.call(KIND), failed.value.resource_id, failed.value.outputs)
    assert provider.read(KIND, failed.value.resource_id) is None
