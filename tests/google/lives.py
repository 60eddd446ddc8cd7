"""Resources of each type that our provider makes at the front ends, and what is changed of them."""

from __future__ import annotations

from typing import Any

P = "projects/{project}"
ACCOUNT = "gcp:serviceaccount/account:Account"
ROLE = "gcp:projects/iAMCustomRole:IAMCustomRole"
POOL = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
POOL_PROVIDER = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
REPOSITORY = "gcp:artifactregistry/repository:Repository"
BUCKET = "gcp:storage/bucket:Bucket"
OIDC = {"issuerUri": "https://host.example", "jwksJson": '{"keys": [{"kid": "1", "kty": "RSA"}]}'}
MAPPING = {"google.subject": "assertion.sub"}
LIVES: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
    (
        ACCOUNT,
        P + "/serviceAccounts/runner@{project}.iam.gserviceaccount.com",
        {"accountId": "runner", "displayName": "Runs"},
        {"displayName": "Walks", "description": "slowly"},
    ),
    (
        ROLE,
        P + "/roles/reader",
        {"roleId": "reader", "title": "Reads", "permissions": ["a.b.get"]},
        {"permissions": ["a.b.get", "a.b.list"]},
    ),
    (
        POOL,
        P + "/locations/global/workloadIdentityPools/hosts",
        {"workloadIdentityPoolId": "hosts", "displayName": "The host"},
        {"displayName": "Hosts"},
    ),
    (
        REPOSITORY,
        P + "/locations/europe-west2/repositories/images",
        {"repositoryId": "images", "location": "europe-west2", "format": "DOCKER"},
        {"description": "Images"},
    ),
    (
        "gcp:cloudscheduler/job:Job",
        P + "/locations/europe-west2/jobs/nightly",
        {
            "name": "nightly",
            "region": "europe-west2",
            "schedule": "30 3 * * *",
            "httpTarget": {"uri": "http://127.0.0.1:1/", "httpMethod": "POST"},
        },
        {"paused": True, "schedule": "0 4 * * *"},
    ),
    (
        "gcp:firebase/hostingSite:HostingSite",
        P + "/sites/{project}-second",
        {"siteId": "{project}-second", "appId": "1:1:web:a"},
        {"appId": "1:1:web:b"},
    ),
    (
        "gcp:projects/iAMAuditConfig:IAMAuditConfig",
        P + "/auditConfigs/run.googleapis.com",
        {
            "project": "{project}",
            "service": "run.googleapis.com",
            "auditLogConfigs": [{"logType": "DATA_READ"}],
        },
        {"auditLogConfigs": [{"logType": "DATA_READ"}, {"logType": "DATA_WRITE"}]},
    ),
    (
        BUCKET,
        "b/{project}-kept",
        {
            "name": "{project}-kept",
            "location": "EU",
            "uniformBucketLevelAccess": True,
            "publicAccessPrevention": "enforced",
            "versioning": {"enabled": False},
            "lifecycleRules": [{"action": {"type": "Delete"}, "condition": {"age": 400}}],
            "softDeletePolicy": {"retentionDurationSeconds": 0},
        },
        {"retentionPolicy": {"retentionPeriod": "60"}, "labels": {"of": "a-test"}},
    ),
]

DATABASE = "gcp:firestore/database:Database"
IN_DATABASE: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "gcp:firestore/index:Index",
        {"collection": "members", "fields": [{"fieldPath": "a", "order": "ASCENDING"}, {"fieldPath": "b"}]},
        {},
    ),
    (
        "gcp:firestore/field:Field",
        {"collection": "logs", "field": "expiresAt", "ttlConfig": {}, "indexConfig": {}},
        {},
    ),
    (
        "gcp:firestore/backupSchedule:BackupSchedule",
        {"retention": "604800s", "dailyRecurrence": {}},
        {"retention": "86400s"},
    ),
]


def filled(value: Any, project: str) -> Any:
    """The value with the project's id in its texts."""
    if isinstance(value, dict):
        return {key: filled(part, project) for key, part in value.items()}
    return value.replace("{project}", project) if isinstance(value, str) else value
