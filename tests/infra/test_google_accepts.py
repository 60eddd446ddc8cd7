"""Google would accept every resource, in the right place: judged by its own description of its APIs."""

from __future__ import annotations

import json
from typing import Any

import cel
import pytest

from infra.adoptable import KINDS
from local.google.frame.methods import methods_of
from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.google_resource import GoogleResource, present
from local.provider.gcp.scope import Scope
from local.services.iam_roles import predefined
from tools.program_run import AtGoogle, Declared, Program, run_program

PROJECT, REGION = "ekklesia-prod-10-2025", "europe-west2"
PLACES = ("location", "locationId", "region", "triggerRegion")
BY_TYPE: dict[str, GoogleResource] = {each.pulumi_type: each for each in TYPES}
OF_FUNCTIONS = {"cloudbuild", "eventarc", "run"}
"""APIs by which Google builds, triggers and runs a function."""
BY_ITS_OWN_MACHINERY = {"firebaserules", "iamcredentials", "logging", "pubsub", "serviceusage", "sts"}
"""APIs that no declared resource needs by itself: the release of rules, tokens of the host and of the log-in,
logs, Eventarc's delivery, and the provider, which enables all others."""

BELOW_ANOTHER = {
    "gcp:secretmanager/secretVersion:SecretVersion",
    "gcp:serviceaccount/iAMMember:IAMMember",
    "gcp:storage/bucketIAMMember:BucketIAMMember",
    "gcp:storage/bucketObject:BucketObject",
}
"""Types that are told the resource to which they belong, by a name that contains the project or is unique."""


def of_google(program: Program) -> list[Declared]:
    return [it for it in program.resources if it.type.startswith("gcp:")]


def whole(value: Any) -> Any:
    """The engine writes all numbers alike; Google wants whole ones where it counts."""
    if isinstance(value, dict):
        return {key: whole(each) for key, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def test_google_accepts_every_resource(production: Program) -> None:
    refused = {
        f"{it.name}: {problem.property}: {problem.reason}"
        for it in of_google(production)
        for problem in BY_TYPE[it.type].refused(Scope(PROJECT, REGION), present(whole(it.inputs)))
        # Here no host has made keys.
        if problem.property != "oidc.jwksJson"
    }
    assert refused == set()


def test_every_resource_names_the_project(production: Program) -> None:
    """What is there already is looked for by the program itself, so nobody fills it in."""
    unnamed = {it.type for it in of_google(production) if "project" not in it.inputs}
    assert unnamed == BELOW_ANOTHER
    assert {it.inputs.get("project", PROJECT) for it in of_google(production)} == {PROJECT}


def test_everything_lies_in_one_region(production: Program) -> None:
    """Without a place, Google takes one in the United States."""
    for it in of_google(production):
        needed = {key for key in PLACES if key in BY_TYPE[it.type].properties}
        given = {it.inputs[key] for key in needed if key in it.inputs}
        assert given == ({REGION} if needed else set()), it.name
        for replica in _replicas(it.inputs):
            assert replica == {"location": REGION}


def _replicas(inputs: dict[str, Any]) -> list[dict[str, str]]:
    replication: dict[str, Any] = inputs.get("replication") or {}
    assert not replication or replication["userManaged"]["replicas"], "Google would choose the places"
    found: list[dict[str, str]] = replication.get("userManaged", {}).get("replicas", [])
    return found


def test_exactly_the_needed_apis_are_enabled(production: Program) -> None:
    enabled = {it.inputs["service"] for it in production.of_type("projects/service:Service")}
    apis = {BY_TYPE[it.type].schema.document.partition(".")[0] for it in of_google(production)}
    needed = {f"{api}.googleapis.com" for api in apis | OF_FUNCTIONS}
    assert needed <= enabled
    assert enabled - needed <= {f"{api}.googleapis.com" for api in BY_ITS_OWN_MACHINERY}


def test_every_api_whose_address_the_host_is_told_is_enabled(production: Program) -> None:
    enabled = {it.inputs["service"] for it in production.of_type("projects/service:Service")}
    told = json.loads(production.get("Command", "host-configure").inputs["stdin"])
    addresses = [*told["environment"].values(), *told["offsite"].values()]
    hosts = {text.split("/")[2] for text in addresses if text.startswith("https://")}
    asked = {host for host in hosts if host.endswith(".googleapis.com")}
    assert asked == {f"{api}.googleapis.com" for api in ("sts", "iamcredentials", "storage")}
    assert asked <= enabled


def test_each_question_to_an_api_is_a_method_of_it(production: Program) -> None:
    questions = json.loads(production.get("Command", "apis-answer").inputs["stdin"])["questions"]
    for api, url in questions.items():
        root, _, path = url.partition(".googleapis.com/")
        assert root == f"https://{api}"
        assert is_method(api, path), url


def test_what_is_asked_before_something_is_taken_over_is_a_method_of_its_api(config: dict[str, Any]) -> None:
    google = AtGoogle()
    program = run_program(config | {"ekklesia:adopt": True}, google=google)
    assert [(api, path) for api, path in google.asked if not is_method(api, path)] == []
    enabled = {it.inputs["service"] for it in program.of_type("projects/service:Service")}
    assert {f"{api}.googleapis.com" for api, _ in google.asked} <= enabled
    # It is the very resource that would be made, or the list of its like.
    scope = Scope(PROJECT, REGION)
    wanted = {BY_TYPE[it.type].name(scope, it.inputs) for it in of_google(program) if it.type in KINDS}
    named = {path.removeprefix("storage/").partition("/")[2] for _, path in google.asked}
    assert named == wanted


def is_method(api: str, path: str) -> bool:
    """Whether Google's description of the API has a method that reads there, with these parameters."""
    path, _, query = path.partition("?")
    version = next(part for part in path.split("/") if part.startswith("v") and part[1:2].isdigit())
    found = methods_of(f"{api}.{version}").find("GET", path)
    parameters = {part.partition("=")[0] for part in query.split("&") if part}
    return found is not None and parameters <= found[0].parameters.keys()


@pytest.mark.parametrize(("name", "subject"), [("nudge", "django"), ("backup", "backup")])
def test_a_token_of_the_host_speaks_for_its_own_subject_only(
    production: Program, name: str, subject: str
) -> None:
    """The provider's mapping and condition, evaluated on the claims of tokens."""
    provider = production.get("WorkloadIdentityPoolProvider", f"{name}-provider").inputs
    subjects = {"django", "backup", "", f"{subject}x"}
    mapped = {
        sub: cel.evaluate(provider["attributeMapping"]["google.subject"], {"assertion": {"sub": sub}})
        for sub in subjects
    }
    accepted = {
        sub for sub in subjects if cel.evaluate(provider["attributeCondition"], {"assertion": {"sub": sub}})
    }
    assert mapped == {sub: sub for sub in subjects}
    assert accepted == {subject}
    assert provider["attributeMapping"].keys() == {"google.subject"}


def test_a_grant_on_documents_opens_one_database(production: Program) -> None:
    databases = {it.inputs["name"] for it in production.of_type("database:Database")}
    grants = [it for it in production.of_type("projects/iAMMember:IAMMember") if "-documents-of-" in it.name]
    assert len(databases) == 4
    assert len(grants) > len(databases)
    for grant in grants:
        condition = grant.inputs["condition"]
        opened = {
            name
            for name in databases
            if cel.evaluate(
                condition["expression"], {"resource": {"name": f"projects/{PROJECT}/databases/{name}"}}
            )
        }
        assert opened == {condition["title"].removeprefix("documents of ")}
        assert grant.name.endswith(f"-documents-of-{next(iter(opened)).strip('()')}")


def test_every_permission_of_our_own_roles_is_one_of_googles(production: Program) -> None:
    """Google refuses a role with any other; its own roles are a record of which there are."""
    known = {permission for role in predefined().values() for permission in role}
    ours = {each for role in production.of_type("IAMCustomRole") for each in role.inputs["permissions"]}
    assert len(ours) > 8
    assert ours - known == set()


def test_a_build_reads_no_bucket_but_those_of_the_functions(production: Program) -> None:
    grant = production.get("projects/iAMMember:IAMMember", "function-build-reads-copies").inputs
    expression = grant["condition"]["expression"]
    others = [it.inputs["name"] for it in production.of_type("bucket:Bucket")]
    for bucket, is_read in [("gcf-v2-sources-1234-europe-west2", True), *((name, False) for name in others)]:
        names = {"resource": {"name": f"projects/_/buckets/{bucket}/objects/source.zip"}}
        assert cel.evaluate(expression, names) is is_read
