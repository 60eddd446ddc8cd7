"""gcp.iam: workload identity pools and their providers, which the stand-in for Google's STS reads."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from local.google.frame.discovery import SchemaName
from local.google.iam_pools import is_key_set
from local.google.workload_identity import POOLS, PROVIDERS
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import is_unknown
from local.provider.resource_type import Inputs, Problem

POOL_NAME = "projects/{project}/locations/global/workloadIdentityPools/{workloadIdentityPoolId}"


class Federated(RestResource):
    """What a pool and its providers share: a deleted one is still shown, for thirty days."""

    apis: ClassVar[tuple[str, ...]] = ("iam.googleapis.com",)
    outputs: ClassVar[tuple[str, ...]] = ("name", "state")

    def is_there(self, resource: Body) -> bool:
        """A deleted one counts as none."""
        return bool(resource["state"] == "ACTIVE")


class WorkloadIdentityPool(Federated):
    """A pool of foreign identities."""

    pulumi_type = "gcp:iam/workloadIdentityPool:WorkloadIdentityPool"
    kind = POOLS
    schema = SchemaName("iam.v1", "WorkloadIdentityPool")
    collection = "projects.locations.workloadIdentityPools"
    id_parameter = "workloadIdentityPoolId"
    name_template = POOL_NAME
    required = ("workloadIdentityPoolId",)


class WorkloadIdentityPoolProvider(Federated):
    """An issuer whose tokens a pool accepts, with a condition and a mapping."""

    pulumi_type = "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider"
    kind = PROVIDERS
    schema = SchemaName("iam.v1", "WorkloadIdentityPoolProvider")
    collection = "projects.locations.workloadIdentityPools.providers"
    id_parameter = "workloadIdentityPoolProviderId"
    name_template = POOL_NAME + "/providers/{workloadIdentityPoolProviderId}"
    required = ("workloadIdentityPoolId", "workloadIdentityPoolProviderId")

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
        if keys is not None and not is_unknown(keys) and not is_key_set(keys):
            yield Problem("oidc.jwksJson", "must be a JSON Web Key Set with at least one key")
