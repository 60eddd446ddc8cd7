"""What happens to data: secrets, buckets, the database, the audit logs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from infra.policies.policy import Complaint, Policy, Resources, of_type

DATABASE = "gcp:firestore/database:Database"
SECRET_NAME = re.compile(r"(SECRET|TOKEN|PASSWORD|PASSWD|PRIVATE|CREDENTIAL|API_?KEY)", re.IGNORECASE)
LOG_TYPES = frozenset({"ADMIN_READ", "DATA_READ", "DATA_WRITE"})


def _plain_secrets(resources: Resources) -> Iterator[Complaint]:
    for function in of_type(resources, "gcp:cloudfunctionsv2/function:Function"):
        for section in ("serviceConfig", "buildConfig"):
            environment = (function.inputs.get(section) or {}).get("environmentVariables") or {}
            for variable in filter(SECRET_NAME.search, environment):
                yield function.name, f"has {variable} in its plain environment"


def _audit_logs(resources: Resources) -> Iterator[Complaint]:
    configs = list(of_type(resources, "gcp:projects/iAMAuditConfig:IAMAuditConfig"))
    complete = [config for config in configs if config.inputs.get("service") == "allServices"]
    if not complete:
        yield "audit", "no audit configuration covers all services"
    for config in complete:
        logs = config.inputs.get("auditLogConfigs") or []
        if missing := LOG_TYPES - {log["logType"] for log in logs}:
            yield config.name, f"does not log {', '.join(sorted(missing))}"
        if any(log.get("exemptedMembers") for log in logs):
            yield config.name, "exempts someone from the audit logs"


def _private_buckets(resources: Resources) -> Iterator[Complaint]:
    for bucket in of_type(resources, "gcp:storage/bucket:Bucket"):
        if bucket.inputs.get("uniformBucketLevelAccess") is not True:
            yield bucket.name, "does not have uniform access"
        if bucket.inputs.get("publicAccessPrevention") != "enforced":
            yield bucket.name, "can be made public"
        if (bucket.inputs.get("versioning") or {}).get("enabled") is not True:
            yield bucket.name, "keeps no versions"


def _protected_database(resources: Resources) -> Iterator[Complaint]:
    for database in of_type(resources, DATABASE):
        if database.inputs.get("deleteProtectionState") != "DELETE_PROTECTION_ENABLED":
            yield database.name, "can be deleted by a slip"


def _recoverable_database(resources: Resources) -> Iterator[Complaint]:
    for database in of_type(resources, DATABASE):
        if database.inputs.get("pointInTimeRecoveryEnablement") != "POINT_IN_TIME_RECOVERY_ENABLED":
            yield database.name, "cannot be taken back to an earlier minute"


DATA_POLICIES = (
    Policy("no-secret-in-plain-environment", "CIS GCP 1.17", _plain_secrets),
    Policy("audit-logs-on", "CIS GCP 2.1", _audit_logs),
    Policy("buckets-uniform-private-versioned", "CKV_GCP_29, CKV_GCP_114, CKV_GCP_78", _private_buckets),
    Policy("database-protected", "own rule", _protected_database),
    Policy("point-in-time-recovery", "own rule", _recoverable_database),
)
