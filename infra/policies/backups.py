"""Copies of backups: the host can add to them, and whoever has the host can neither read nor remove them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.names import BACKUP_ACCOUNT
from infra.policies.policy import Complaint, DeclaredResource, Policy, Resources, of_type

BUCKET_SUFFIX = "-backups"
ADD = "roles/storage.objectCreator"
ACT_AS = "roles/iam.workloadIdentityUser"
ONE_SUBJECT = "principal://"
"""One subject of a pool; `principalSet://` would be many."""
ACCOUNT_BINDINGS = ("gcp:serviceaccount/iAMMember:IAMMember", "gcp:serviceaccount/iAMBinding:IAMBinding")


def _only_adds(resources: Resources) -> Iterator[Complaint]:
    """The account has one role, on that bucket; no other role is given on the bucket."""
    for resource in resources:
        role, bucket = resource.inputs.get("role"), str(resource.inputs.get("bucket", ""))
        is_its_bucket = bucket.endswith(BUCKET_SUFFIX)
        if _is_backup_account(resource) and not (role == ADD and is_its_bucket):
            yield resource.name, f"gives the host's backup {role} beside adding to its bucket"
        elif role and role != ADD and is_its_bucket:
            yield resource.name, f"gives {role} on the bucket of backups, to which there is only adding"


def _only_the_host_acts(resources: Resources) -> Iterator[Complaint]:
    for binding in of_type(resources, *ACCOUNT_BINDINGS):
        if f"/{BACKUP_ACCOUNT}@" not in str(binding.inputs.get("serviceAccountId", "")):
            continue
        if binding.inputs.get("role") != ACT_AS or not all(
            member.startswith(ONE_SUBJECT) for member in _members(binding.inputs)
        ):
            yield binding.name, "lets others than the host's own backup act as its account"


def _is_backup_account(resource: DeclaredResource) -> bool:
    return any(member.startswith(f"serviceAccount:{BACKUP_ACCOUNT}@") for member in _members(resource.inputs))


def _members(inputs: Any) -> list[str]:
    return [str(member) for member in (inputs.get("member"), *(inputs.get("members") or [])) if member]


BACKUP_POLICIES = (
    Policy("backups-only-added", "CIS GCP 1.5", _only_adds),
    Policy("backups-added-by-the-host-only", "CIS GCP 1.6", _only_the_host_acts),
)
