"""What happens to data: secrets, buckets, the database, the audit logs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from infra.names import LOGIN_LIMITS_DATABASE
from infra.policies.policy import (
    Complaint,
    DeclaredResource,
    NotKnownYet,
    ProgramPolicy,
    ResourcePolicy,
    Resources,
    of_type,
)
from infra.policies.resource_types import AUDIT_CONFIG, BACKUP_SCHEDULE, BUCKET, DATABASE, FUNCTION

SECRET_NAME = re.compile(r"(SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|API_?KEY)", re.IGNORECASE)
LOG_TYPES = frozenset({"ADMIN_READ", "DATA_READ", "DATA_WRITE"})
FORGETFUL = frozenset({LOGIN_LIMITS_DATABASE})
"""Databases whose documents expire within the hour and must not be kept longer elsewhere."""
DEMO_PREFIX = "demo-"
"""Google's own mark of a project that exists only in emulators: `make clean` deletes what is in it."""


def _plain_secrets(function: DeclaredResource) -> Iterator[str]:
    for section in ("serviceConfig", "buildConfig"):
        environment = (function.inputs.get(section) or {}).get("environmentVariables") or {}
        for variable in filter(SECRET_NAME.search, environment):
            yield f"has {variable} in its plain environment"


def _audit_logs(resources: Resources) -> Iterator[Complaint]:
    configs = list(of_type(resources, AUDIT_CONFIG))
    complete = [config for config in configs if config.inputs.get("service") == "allServices"]
    if not complete:
        yield None, "has no audit configuration that covers all services"
    for config in complete:
        logs = config.inputs.get("auditLogConfigs") or []
        if missing := LOG_TYPES - {log["logType"] for log in logs}:
            yield config, f"does not log {', '.join(sorted(missing))}"
        if any(log.get("exemptedMembers") for log in logs):
            yield config, "exempts someone from the audit logs"


def _private_buckets(bucket: DeclaredResource) -> Iterator[str]:
    if bucket.inputs.get("uniformBucketLevelAccess") is not True:
        yield "does not have uniform access"
    if bucket.inputs.get("publicAccessPrevention") != "enforced":
        yield "can be made public"
    versions = (bucket.inputs.get("versioning") or {}).get("enabled") is True
    if not versions and not bucket.inputs.get("retentionPolicy"):
        yield "keeps neither versions nor each object for a time"


def _protected_database(database: DeclaredResource) -> Iterator[str]:
    if str(database.inputs.get("project")).startswith(DEMO_PREFIX):
        return
    if database.inputs.get("deleteProtectionState") != "DELETE_PROTECTION_ENABLED":
        yield "can be deleted by a slip"


def _recoverable_database(database: DeclaredResource) -> Iterator[str]:
    if database.inputs.get("name") in FORGETFUL:
        return
    if database.inputs.get("pointInTimeRecoveryEnablement") != "POINT_IN_TIME_RECOVERY_ENABLED":
        yield "cannot be taken back to an earlier minute"


def _backed_up_database(resources: Resources) -> Iterator[Complaint]:
    """Point-in-time recovery is part of the database: whoever deletes one deletes both."""
    backed_up = {it.inputs.get("database") for it in of_type(resources, BACKUP_SCHEDULE)}
    for database in of_type(resources, DATABASE):
        if database.inputs.get("name") not in backed_up | FORGETFUL and not _any_unknown(backed_up):
            yield database, "has no schedule of backups"


def _any_unknown(values: Iterable[object]) -> bool:
    return any(isinstance(value, NotKnownYet) for value in values)


DATA_POLICIES = (
    ResourcePolicy("no-secret-in-plain-environment", "CIS GCP 1.17", _plain_secrets, types=(FUNCTION,)),
    ProgramPolicy("audit-logs-on", "CIS GCP 2.1", _audit_logs),
    ResourcePolicy(
        "buckets-uniform-private-versioned",
        "CKV_GCP_29, CKV_GCP_114, CKV_GCP_78",
        _private_buckets,
        types=(BUCKET,),
    ),
    ResourcePolicy("database-protected", "own rule", _protected_database, types=(DATABASE,)),
    ResourcePolicy("point-in-time-recovery", "own rule", _recoverable_database, types=(DATABASE,)),
    ProgramPolicy("database-backed-up", "own rule", _backed_up_database),
)
