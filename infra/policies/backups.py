"""Copies of backups: the host can add to them, and whoever has the host can neither read nor remove them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from infra.names import BACKUP_ACCOUNT, BACKUP_BUCKET_SUFFIX
from infra.policies.data import DEMO_PREFIX
from infra.policies.policy import DeclaredResource, ResourcePolicy
from infra.policies.resource_types import BUCKET

ADD = "roles/storage.objectCreator"
ACT_AS = "roles/iam.workloadIdentityUser"
ONE_SUBJECT = "principal://"
"""One subject of a pool; `principalSet://` would be many."""
ACCOUNT_BINDINGS = ("gcp:serviceaccount/iAMMember:IAMMember", "gcp:serviceaccount/iAMBinding:IAMBinding")


def _only_adds(resource: DeclaredResource) -> Iterator[str]:
    """The account has one role, on that bucket; no other role is given on the bucket."""
    role, bucket = resource.inputs.get("role"), str(resource.inputs.get("bucket"))
    is_its_bucket = bucket.endswith(BACKUP_BUCKET_SUFFIX)
    if _is_backup_account(resource) and not (role == ADD and is_its_bucket):
        yield f"gives the host's backup {role} beside adding to its bucket"
    elif role and role != ADD and is_its_bucket:
        yield f"gives {role} on the bucket of backups, to which there is only adding"


def _only_the_host_acts(binding: DeclaredResource) -> Iterator[str]:
    if f"/{BACKUP_ACCOUNT}@" not in str(binding.inputs.get("serviceAccountId")):
        return
    if binding.inputs.get("role") != ACT_AS or not all(
        member.startswith(ONE_SUBJECT) for member in _members(binding.inputs)
    ):
        yield "lets others than the host's own backup act as its account"


def _retained(bucket: DeclaredResource) -> Iterator[str]:
    """What was copied stays for a time, whoever has got hold of the project."""
    inputs = bucket.inputs
    if str(inputs.get("project")).startswith(DEMO_PREFIX):
        return
    if str(inputs.get("name")).endswith(BACKUP_BUCKET_SUFFIX) and not inputs.get("retentionPolicy"):
        yield "has no retention policy: whoever has the project can remove every copy"


def _is_backup_account(resource: DeclaredResource) -> bool:
    return any(member.startswith(f"serviceAccount:{BACKUP_ACCOUNT}@") for member in _members(resource.inputs))


def _members(inputs: Mapping[str, Any]) -> list[str]:
    return [str(member) for member in (inputs.get("member"), *(inputs.get("members") or [])) if member]


BACKUP_POLICIES = (
    ResourcePolicy("backups-retained", "CKV_GCP_78, own rule", _retained, types=(BUCKET,)),
    ResourcePolicy("backups-only-added", "CIS GCP 1.5", _only_adds),
    ResourcePolicy(
        "backups-added-by-the-host-only", "CIS GCP 1.6", _only_the_host_acts, types=ACCOUNT_BINDINGS
    ),
)
