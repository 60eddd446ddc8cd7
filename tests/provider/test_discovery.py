"""Google's own descriptions of its APIs find the mistakes that the APIs would find."""

from __future__ import annotations

from typing import Any

import pytest

from local.google.frame.discovery import Rules, SchemaName, faults, is_google_api
from local.provider.properties import UNKNOWN, is_unknown

FUNCTION = SchemaName("cloudfunctions.v2", "Function")
JOB = SchemaName("cloudscheduler.v1", "Job")
DATABASE = SchemaName("firestore.v1", "GoogleFirestoreAdminV1Database")
BUCKET = SchemaName("storage.v1", "Bucket")
SECRET = SchemaName("secretmanager.v1", "Secret")
OIDC = SchemaName("iam.v1", "Oidc")

GOOD: list[tuple[SchemaName, dict[str, Any]]] = [
    (FUNCTION, {"name": "f", "serviceConfig": {"timeoutSeconds": 60, "environmentVariables": {"A": "b"}}}),
    (JOB, {"name": "j", "schedule": "* * * * *", "attemptDeadline": "600s"}),
    (DATABASE, {"name": "d", "locationId": "europe-west2", "type": "FIRESTORE_NATIVE"}),
    (BUCKET, {"name": "b", "iamConfiguration": {"uniformBucketLevelAccess": {"enabled": True}}}),
    (SECRET, {"replication": {"automatic": {}}}),
    (OIDC, {"issuerUri": "https://host.example"}),
]

BAD: list[tuple[str, SchemaName, dict[str, Any], str]] = [
    (
        "enum",
        FUNCTION,
        {"serviceConfig": {"ingressSettings": "OPEN"}},
        "'Function.serviceConfig.ingressSettings'",
    ),
    ("enum", DATABASE, {"locationId": "l", "type": "NATIVE"}, "one of DATABASE_TYPE_UNSPECIFIED"),
    ("enum", JOB, {"httpTarget": {"uri": "u", "httpMethod": "FETCH"}}, "'Job.httpTarget.httpMethod'"),
    ("shape", FUNCTION, {"serviceConfig": {"environmentVariables": ["A=b"]}}, "(object)"),
    ("shape", FUNCTION, {"serviceConfig": {"environmentVariables": {"A": 1}}}, "(string), 1"),
    ("shape", FUNCTION, {"serviceConfig": {"maxInstanceCount": "5"}}, '(integer), "5"'),
    ("shape", FUNCTION, {"serviceConfig": {"maxInstanceCount": True}}, "(integer), true"),
    ("shape", BUCKET, {"name": "b", "versioning": {"enabled": "yes"}}, '(boolean), "yes"'),
    ("shape", SECRET, {"replication": {"userManaged": {"replicas": "all"}}}, "(array)"),
    ("range", FUNCTION, {"serviceConfig": {"maxInstanceCount": 2**31}}, "(int32)"),
    ("format", JOB, {"attemptDeadline": "10 minutes"}, "(google-duration)"),
    ("format", JOB, {"httpTarget": {"uri": "u", "body": "{not base64}"}}, "(byte)"),
    ("format", SECRET, {"expireTime": "tomorrow"}, "(google-datetime)"),
    ("missing", DATABASE, {"locationId": "europe-west2"}, "missing the required field"),
    ("missing", JOB, {"httpTarget": {"httpMethod": "GET"}}, "'Job.httpTarget.uri'"),
    ("missing", BUCKET, {"location": "EU"}, "'Bucket.name'"),
    ("missing", OIDC, {"allowedAudiences": []}, "'Oidc.issuerUri'"),
    ("unknown", FUNCTION, {"serviceConfig": {"memory": "1Gi"}}, 'Unknown name "memory"'),
    ("unknown", JOB, {"cron": "* * * * *"}, 'Unknown name "cron"'),
    ("unknown", BUCKET, {"name": "b", "acl_": []}, 'Unknown name "acl_"'),
    ("output only", FUNCTION, {"url": "https://elsewhere"}, "output only"),
]


@pytest.mark.parametrize(("schema", "resource"), GOOD)
def test_what_google_takes_has_no_fault(schema: SchemaName, resource: dict[str, Any]) -> None:
    assert list(faults(schema, resource, schema.schema)) == []


@pytest.mark.parametrize(("_kind", "schema", "resource", "says"), BAD)
def test_what_google_refuses_is_named(
    _kind: str, schema: SchemaName, resource: dict[str, Any], says: str
) -> None:
    found = list(faults(schema, resource, schema.schema))
    assert len(found) == 1
    assert says in found[0]


@pytest.mark.parametrize(("schema", "resource"), GOOD)
def test_what_is_not_known_yet_passes(schema: SchemaName, resource: dict[str, Any]) -> None:
    assert list(faults(schema, dict.fromkeys(resource, UNKNOWN), schema.schema, Rules(is_unknown))) == []


def test_an_api_is_one_that_google_describes() -> None:
    assert is_google_api("run.googleapis.com")
    assert not is_google_api("ran.googleapis.com")
