"""gcp.iam: workload identity pools and their providers, which the stand-in for Google's STS reads."""

from __future__ import annotations

import json
from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.provider.gcp.google_error import not_found
from local.provider.gcp.google_resource import GoogleResource
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Outputs, Problem
from local.resource_store import Record

POOLS = "iam.workloadIdentityPools"
PROVIDERS = "iam.workloadIdentityPoolProviders"
POOL_NAME = "projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}"


class WorkloadIdentityPool(GoogleResource):
    """A pool of foreign identities."""

    pulumi_type = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
    kind = POOLS
    schema = SchemaName("iam.v1", "WorkloadIdentityPool")
    name_template = POOL_NAME
    apis = ("iam.googleapis.com",)
    required = ("workloadIdentityPoolId",)
    immutable = frozenset({"mode"})
    outputs = ("name", "state")

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """Google names a pool by the number of its project."""
        return {"name": numbered(operation.scope, record.name), "state": "ACTIVE"}


class WorkloadIdentityPoolProvider(GoogleResource):
    """An issuer whose tokens a pool accepts, with a condition and a mapping."""

    pulumi_type = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
    kind = PROVIDERS
    schema = SchemaName("iam.v1", "WorkloadIdentityPoolProvider")
    name_template = POOL_NAME + "/providers/{workloadIdentityPoolProviderId}"
    apis = ("iam.googleapis.com",)
    required = ("workloadIdentityPoolId", "workloadIdentityPoolProviderId")
    outputs = ("name", "state")

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Settings that Google demands of an OpenID Connect provider."""
        if "oidc" not in inputs:
            yield Problem("oidc", "the local provider realises OpenID Connect providers only")
            return
        if "google.subject" not in inputs.get("attributeMapping", {}):
            yield Problem("attributeMapping", "google.subject must be mapped")
        oidc = inputs["oidc"]
        issuer, keys = oidc.get("issuerUri", ""), oidc.get("jwksJson")
        if not is_unknown(issuer) and not issuer.startswith("https://"):
            yield Problem("oidc.issuerUri", "Issuer URI must be an HTTPS end point")
        if keys is not None and not is_unknown(keys) and not _is_key_set(keys):
            yield Problem("oidc.jwksJson", "must be a JSON Web Key Set with at least one key")

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """The pool must exist."""
        pool = POOL_NAME.format(
            project=operation.scope.project, workloadIdentityPoolId=inputs["workloadIdentityPoolId"]
        )
        if operation.store.get(POOLS, pool) is None:
            raise not_found(pool)

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """Google names a provider by the number of its project."""
        return {"name": numbered(operation.scope, record.name), "state": "ACTIVE"}


def numbered(scope: Scope, name: str) -> str:
    """A name with the project's number in place of its id."""
    return name.replace(f"projects/{scope.project}/", f"projects/{scope.number}/", 1)


def _is_key_set(text: str) -> bool:
    try:
        content = json.loads(text)
    except ValueError:
        return False
    keys = content.get("keys") if isinstance(content, dict) else None
    return isinstance(keys, list) and bool(keys) and all("kid" in key and "kty" in key for key in keys)
