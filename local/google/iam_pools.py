"""Workload identity pools and their providers, in IAM v1. A deleted one keeps its id for thirty days."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

from local.google import iam
from local.google.frame import operations
from local.google.frame.call import Body, Call
from local.google.frame.pages import page
from local.google.workload_identity import POOLS, PROVIDERS
from local.resource_store import Record
from local.services.google_errors import already_exists, failed_precondition, invalid, not_found

API = iam.API
KINDS = {"workloadIdentityPools": POOLS, "providers": PROVIDERS}
TYPES = {POOLS: "google.iam.v1.WorkloadIdentityPool", PROVIDERS: "google.iam.v1.WorkloadIdentityPoolProvider"}
POOL, PROVIDER = (
    "projects.locations.workloadIdentityPools",
    "projects.locations.workloadIdentityPools.providers",
)
KEPT = timedelta(days=30)


def _kind(call: Call) -> str:
    return KINDS[call.method.id.split(".")[-2]]


@API.serves(f"{POOL}.create")
def create_pool(call: Call) -> Body:
    """Make a pool."""
    pool_id = call.given.get("workloadIdentityPoolId", "")
    return _create(call, POOLS, f"{call.given['parent']}/workloadIdentityPools/{pool_id}")


@API.serves(f"{PROVIDER}.create")
def create_provider(call: Call) -> Body:
    """Make a provider of a pool that is there."""
    if _is_deleted(call.record(POOLS, call.given["parent"])):
        raise not_found(call.given["parent"])
    _require_oidc(call.body)
    provider_id = call.given.get("workloadIdentityPoolProviderId", "")
    return _create(call, PROVIDERS, f"{call.given['parent']}/providers/{provider_id}")


@API.serves(f"{POOL}.get", f"{PROVIDER}.get")
def get(call: Call) -> Body:
    """A pool or provider; a deleted one is shown as such."""
    return _shown(call, _existing(call))


@API.serves(f"{POOL}.list")
def list_pools(call: Call) -> Body:
    """The project's pools."""
    return _listed(call, POOLS, "workloadIdentityPools")


@API.serves(f"{PROVIDER}.list")
def list_providers(call: Call) -> Body:
    """A pool's providers."""
    return _listed(call, PROVIDERS, "workloadIdentityPoolProviders")


@API.serves(f"{POOL}.patch", f"{PROVIDER}.patch")
def patch(call: Call) -> Body:
    """Change one by a mask."""
    before = _existing(call)
    after = call.updated(before.resource, "name", "state", "mode")
    if before.kind == PROVIDERS:
        _require_oidc(after)
    return _put(call, Record(before.kind, before.name, after, before.status))


@API.serves(f"{POOL}.delete", f"{PROVIDER}.delete")
def delete(call: Call) -> Body:
    """Delete one. Its tokens are refused from now on; its id stays taken."""
    before = _existing(call)
    if _is_deleted(before):
        raise failed_precondition(f"{call.numbered(before.name)} is already deleted.")
    deleted = {**before.status, "deleted": datetime.now(UTC).isoformat()}
    return _put(call, Record(before.kind, before.name, before.resource, deleted))


@API.serves(f"{POOL}.undelete", f"{PROVIDER}.undelete")
def undelete(call: Call) -> Body:
    """Take a deletion back."""
    before = _existing(call)
    if not _is_deleted(before):
        raise failed_precondition(f"{call.numbered(before.name)} is not deleted.")
    status = {key: value for key, value in before.status.items() if key != "deleted"}
    return _put(call, Record(before.kind, before.name, before.resource, status))


@API.serves(f"{POOL}.listAttestationRules", permission="iam.workloadIdentityPools.get")
def list_attestation_rules(call: Call) -> Body:
    """The rules of managed workloads, of which there are none here."""
    call.record(POOLS, call.given["resource"])
    return {}


@API.serves(f"{POOL}.operations.get", f"{PROVIDER}.operations.get", permission="")
def operation(call: Call) -> Body:
    """One operation."""
    return operations.found(call)


def _create(call: Call, kind: str, name: str) -> Body:
    present = call.store.get(kind, name)
    if present is not None and not _is_forgotten(present):
        raise already_exists(f"Requested entity already exists: {call.numbered(name)}")
    return _put(call, Record(kind, name, call.body))


def _put(call: Call, record: Record) -> Body:
    """Record it; answer with the operation, which is done."""

    def work() -> Body:
        call.store.put(record)
        return _shown(call, record)

    return operations.done(call, f"{call.numbered(record.name)}/", TYPES[record.kind], work)


def _existing(call: Call) -> Record:
    record = call.record(_kind(call), call.given["name"])
    if _is_forgotten(record):
        raise not_found(record.name)
    return record


def _listed(call: Call, kind: str, field: str) -> Body:
    shown_too = call.given.get("showDeleted") == "true"
    found = [
        record for record in call.within(kind, call.given["parent"]) if shown_too or not _is_deleted(record)
    ]
    return page((_shown(call, record) for record in found), field, call.given)


def _is_deleted(record: Record) -> bool:
    return "deleted" in record.status


def _is_forgotten(record: Record) -> bool:
    deleted = record.status.get("deleted")
    return deleted is not None and datetime.fromisoformat(deleted) + KEPT < datetime.now(UTC)


def _shown(call: Call, record: Record) -> Body:
    state: Body = {"state": "ACTIVE"}
    if deleted := record.status.get("deleted"):
        until = datetime.fromisoformat(deleted) + KEPT
        state = {"state": "DELETED", "expireTime": until.strftime("%Y-%m-%dT%H:%M:%SZ")}
    return {**record.resource, "name": call.numbered(record.name), **state}


def _require_oidc(provider: Body) -> None:
    """What Google demands of an OpenID Connect provider, the only sort that is known here."""
    if "oidc" not in provider:
        raise invalid("The one-machine world realises OpenID Connect providers only.")
    if "google.subject" not in provider.get("attributeMapping", {}):
        raise invalid("google.subject must be mapped.")
    oidc = provider["oidc"]
    if not oidc.get("issuerUri", "").startswith("https://"):
        raise invalid("Issuer URI must be an HTTPS end point.")
    if "jwksJson" in oidc and not is_key_set(oidc["jwksJson"]):
        raise invalid("oidc.jwksJson must be a JSON Web Key Set with at least one key.")


def is_key_set(text: str) -> bool:
    """Whether a text is a JSON Web Key Set with at least one key."""
    try:
        content = json.loads(text)
    except ValueError:
        return False
    keys = content.get("keys") if isinstance(content, dict) else None
    return isinstance(keys, list) and bool(keys) and all("kid" in key and "kty" in key for key in keys)
