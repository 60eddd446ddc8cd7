"""Declared inputs become the resources of Google's API, and Google's refusals are known in a preview."""

from __future__ import annotations

from typing import Any

import pytest

from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.declared_resource import PROVISIONED
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import GoogleResource
from local.provider.gcp.scope import Scope
from local.provider.properties import UNKNOWN
from local.provider.resource_type import Call, Urn
from local.services.enabled_apis import project_number

SCOPE = Scope("demo-test", "europe-west2")
BY_TYPE: dict[str, GoogleResource] = {each.pulumi_type: each for each in TYPES}
HOST = "projects/demo-test"
FUNCTION: dict[str, Any] = {
    "name": "sync_all",
    "location": "europe-west2",
    "buildConfig": {
        "runtime": "python311",
        "entryPoint": "sync_all",
        "source": {"storageSource": {"bucket": "b", "object": "o"}},
    },
    "serviceConfig": {"serviceAccountEmail": "a@demo-test.iam.gserviceaccount.com"},
}
TRIGGER: dict[str, Any] = {
    "eventType": "google.cloud.firestore.document.v1.written",
    "eventFilters": [
        {"attribute": "database", "value": "(default)"},
        {"attribute": "document", "value": "members/{id}", "operator": "match-path-pattern"},
    ],
    "serviceAccountEmail": "a@demo-test.iam.gserviceaccount.com",
}
JOB: dict[str, Any] = {
    "name": "nightly",
    "region": "europe-west2",
    "schedule": "30 3 * * *",
    "timeZone": "Atlantic/Reykjavik",
    "httpTarget": {"uri": "http://127.0.0.1/", "httpMethod": "POST"},
}
PROVIDER: dict[str, Any] = {
    "workloadIdentityPoolId": "pool",
    "workloadIdentityPoolProviderId": "host",
    "attributeMapping": {"google.subject": "assertion.sub"},
    "oidc": {"issuerUri": "https://host.example", "jwksJson": '{"keys": [{"kid": "1", "kty": "RSA"}]}'},
}


def call(resource_type: str) -> Call:
    return Call(
        Urn(f"urn:pulumi:test::ekklesia::{resource_type}::one"),
        {"project": SCOPE.project, "region": SCOPE.region},
        say=lambda _line: None,
        cancelled=lambda: False,
    )


@pytest.mark.parametrize(
    ("resource_type", "inputs", "name", "body"),
    [
        (
            "gcp:projects/service:Service",
            {"service": "run.googleapis.com", "disableOnDestroy": False},
            f"{HOST}/services/run.googleapis.com",
            {"name": f"{HOST}/services/run.googleapis.com", "state": "ENABLED"},
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"role": "roles/datastore.user", "member": "user:a@b.is", "project": "demo-test"},
            f"{HOST}|roles/datastore.user|user:a@b.is",
            {"role": "roles/datastore.user", "members": ["user:a@b.is"]},
        ),
        (
            "gcp:secretmanager/secret:Secret",
            {"secretId": "word", "replication": {"auto": {}}, "deletionProtection": True},
            f"{HOST}/secrets/word",
            {"replication": {"automatic": {}}, "labels": PROVISIONED},
        ),
        (
            "gcp:secretmanager/secretVersion:SecretVersion",
            {"secret": f"{HOST}/secrets/word", "secretData": "mellon"},
            f"{HOST}/secrets/word/versions",
            {"payload": {"data": "bWVsbG9u"}},
        ),
        (
            "gcp:storage/bucket:Bucket",
            {
                "name": "b",
                "location": "EU",
                "uniformBucketLevelAccess": True,
                "publicAccessPrevention": "enforced",
                "softDeletePolicy": {"retentionDurationSeconds": 0},
                "forceDestroy": True,
            },
            "b/b",
            {
                "name": "b",
                "location": "EU",
                "iamConfiguration": {
                    "uniformBucketLevelAccess": {"enabled": True},
                    "publicAccessPrevention": "enforced",
                },
                "softDeletePolicy": {"retentionDurationSeconds": "0"},
                "labels": PROVISIONED,
            },
        ),
        (
            "gcp:firebaserules/release:Release",
            {"name": "cloud.firestore", "rulesetName": "1234"},
            f"{HOST}/releases/cloud.firestore",
            {"name": f"{HOST}/releases/cloud.firestore", "rulesetName": f"{HOST}/rulesets/1234"},
        ),
        (
            "gcp:firestore/field:Field",
            {"collection": "logs", "field": "expiresAt", "ttlConfig": {}, "indexConfig": {}},
            f"{HOST}/databases/(default)/collectionGroups/logs/fields/expiresAt",
            {
                "name": f"{HOST}/databases/(default)/collectionGroups/logs/fields/expiresAt",
                "ttlConfig": {},
                "indexConfig": {},
            },
        ),
        (
            "gcp:cloudscheduler/job:Job",
            {**JOB, "paused": True},
            f"{HOST}/locations/europe-west2/jobs/nightly",
            {
                "name": f"{HOST}/locations/europe-west2/jobs/nightly",
                **{key: JOB[key] for key in ("schedule", "timeZone", "httpTarget")},
            },
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            FUNCTION,
            f"{HOST}/locations/europe-west2/functions/sync_all",
            {
                "name": f"{HOST}/locations/europe-west2/functions/sync_all",
                "environment": "GEN_2",
                "buildConfig": FUNCTION["buildConfig"],
                "serviceConfig": FUNCTION["serviceConfig"],
                "labels": PROVISIONED,
            },
        ),
    ],
)
def test_inputs_become_googles_resource(
    resource_type: str, inputs: dict[str, Any], name: str, body: dict[str, Any]
) -> None:
    resource = BY_TYPE[resource_type]
    assert resource.name(SCOPE, inputs) == name
    assert resource.translate(SCOPE, inputs) == body
    assert list(resource.check(call(resource_type), inputs)) == []
    assert list(resource.refused(SCOPE, inputs)) == []


@pytest.mark.parametrize(
    ("resource_type", "inputs", "says"),
    [
        ("gcp:projects/service:Service", {"service": "ran.googleapis.com"}, "not a Google API"),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "demo-test", "role": "owner", "member": "user:a@b.is"},
            "not a role's name",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {"project": "demo-test", "role": "roles/owner", "member": "a@b.is"},
            "needs a type",
        ),
        (
            "gcp:projects/iAMMember:IAMMember",
            {
                "project": "demo-test",
                "role": "roles/owner",
                "member": "allUsers",
                "condition": {"expression": "request.time"},
            },
            "knows `resource.name` only",
        ),
        ("gcp:serviceaccount/account:Account", {"accountId": "Greeter"}, "must match"),
        ("gcp:serviceaccount/account:Account", {}, "must be given"),
        (
            "gcp:storage/bucket:Bucket",
            {"name": "b", "location": "EU", "color": "red"},
            'Unknown name "color"',
        ),
        (
            "gcp:firestore/index:Index",
            {"collection": "members", "fields": [{"fieldPath": "name", "order": "ASCENDING"}]},
            "this index is not necessary",
        ),
        ("gcp:cloudscheduler/job:Job", {**JOB, "schedule": "daily"}, "not a valid unix-cron"),
        ("gcp:cloudscheduler/job:Job", {**JOB, "timeZone": "Iceland/Reykjavik"}, "tz database"),
        ("gcp:cloudscheduler/job:Job", {**JOB, "attemptDeadline": "600"}, "google-duration"),
        (
            "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
            {**PROVIDER, "oidc": {"issuerUri": "http://host.example"}},
            "HTTPS",
        ),
        (
            "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
            {**PROVIDER, "attributeMapping": {}},
            "google.subject",
        ),
        (
            "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider",
            {**PROVIDER, "oidc": {"issuerUri": "https://host.example", "jwksJson": "{}"}},
            "JSON Web Key Set",
        ),
        (
            "gcp:identityplatform/config:Config",
            {"multiTenant": {"allowTenants": True}},
            "no such setting",
        ),
        (
            "gcp:storage/bucket:Bucket",
            {
                "name": "b",
                "location": "EU",
                "versioning": {"enabled": True},
                "retentionPolicy": {"retentionPeriod": "1", "isLocked": False},
            },
            "either object versions or a retention policy",
        ),
        (
            "gcp:firestore/backupSchedule:BackupSchedule",
            {"retention": "604800s", "dailyRecurrence": {}, "weeklyRecurrence": {"day": "SUNDAY"}},
            "exactly one of",
        ),
        (
            "gcp:firestore/backupSchedule:BackupSchedule",
            {"retention": "9000000s", "dailyRecurrence": {}},
            "longer than 14 weeks",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {**FUNCTION, "buildConfig": {**FUNCTION["buildConfig"], "runtime": "nodejs22"}},
            "runs Python only",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {
                **FUNCTION,
                "serviceConfig": {**FUNCTION["serviceConfig"], "environmentVariables": {"K_SERVICE": "x"}},
            },
            "reserved environment names",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {**FUNCTION, "serviceConfig": {**FUNCTION["serviceConfig"], "availableMemory": "lots"}},
            "is not an amount",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {
                **FUNCTION,
                "eventTrigger": TRIGGER,
                "serviceConfig": {**FUNCTION["serviceConfig"], "timeoutSeconds": 600},
            },
            "not between 1 and 540",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {**FUNCTION, "eventTrigger": {**TRIGGER, "eventFilters": TRIGGER["eventFilters"][:1]}},
            "'document' must be filtered on",
        ),
        (
            "gcp:cloudfunctionsv2/function:Function",
            {
                **FUNCTION,
                "eventTrigger": {**TRIGGER, "eventType": "google.cloud.pubsub.topic.v1.messagePublished"},
            },
            "has no source of",
        ),
    ],
)
def test_what_google_refuses_fails_the_preview(resource_type: str, inputs: dict[str, Any], says: str) -> None:
    resource = BY_TYPE[resource_type]
    with pytest.raises(GoogleError) as refused:
        resource.preview(call(resource_type), inputs, None)
    assert says in str(refused.value)
    assert len(list(resource.refused(SCOPE, inputs))) == 1


KNOWN_SHAPES: dict[str, dict[str, Any]] = {
    "gcp:cloudfunctionsv2/function:Function": {"serviceConfig": {"serviceAccountEmail": UNKNOWN}},
    "gcp:cloudscheduler/job:Job": {"httpTarget": {"uri": UNKNOWN}},
    "gcp:firestore/backupSchedule:BackupSchedule": {"dailyRecurrence": {}},
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": {
        "attributeMapping": {"google.subject": UNKNOWN},
        "oidc": {"issuerUri": UNKNOWN},
    },
}
"""A preview knows that a block is there, even if all values in it are unknown."""


@pytest.mark.parametrize("resource", TYPES, ids=lambda each: each.pulumi_type)
def test_everything_may_still_be_unknown_in_a_preview(resource: GoogleResource) -> None:
    inputs = dict.fromkeys(resource.needed, UNKNOWN)
    known = KNOWN_SHAPES.get(resource.pulumi_type, {})
    outputs = resource.preview(call(resource.pulumi_type), {**inputs, **known}, None)
    assert set(resource.outputs) <= outputs.keys()


def test_a_services_address_is_known_in_a_preview_and_its_number_is_not() -> None:
    account = BY_TYPE["gcp:serviceaccount/account:Account"]
    outputs = account.preview(call(account.pulumi_type), {"accountId": "greeter"}, None)
    assert outputs["email"] == "greeter@demo-test.iam.gserviceaccount.com"
    assert outputs["uniqueId"] == UNKNOWN


def test_a_functions_place_is_unknown_before_it_is_made_and_stays_when_it_changes() -> None:
    function = BY_TYPE["gcp:cloudfunctionsv2/function:Function"]
    new = function.preview(call(function.pulumi_type), FUNCTION, None)
    assert new["serviceConfig"]["uri"] == UNKNOWN
    old = {"serviceConfig": {**FUNCTION["serviceConfig"], "uri": "http://here", "service": "s"}}
    changed = function.preview(call(function.pulumi_type), FUNCTION, old)
    assert changed["serviceConfig"]["uri"] == "http://here"


def test_a_projects_number_is_always_the_same_and_has_twelve_digits() -> None:
    assert project_number("demo-test") == project_number("demo-test")
    assert project_number("demo-test") != project_number("demo-other")
    assert len(str(project_number("demo-test"))) == 12
