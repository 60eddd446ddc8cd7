"""Taking over existing resources: the import id of each resource whose id can be computed.

Two kinds are left out on purpose. Bindings are added to what exists, so they collide with nothing. Indexes,
schedules of backups, web apps and secret versions get ids that Google invents, so their ids cannot
be computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any

import pulumi

IMPORT_IDS = {
    "gcp:projects/service:Service": "{project}/{service}",
    "gcp:serviceaccount/account:Account": (
        "projects/{project}/serviceAccounts/{account_id}@{project}.iam.gserviceaccount.com"
    ),
    "gcp:projects/iAMCustomRole:IAMCustomRole": "projects/{project}/roles/{role_id}",
    "gcp:projects/iAMAuditConfig:IAMAuditConfig": "{project} {service}",
    "gcp:firestore/database:Database": "projects/{project}/databases/{name}",
    "gcp:firestore/field:Field": (
        "projects/{project}/databases/{database}/collectionGroups/{collection}/fields/{field}"
    ),
    "gcp:secretmanager/secret:Secret": "projects/{project}/secrets/{secret_id}",
    "gcp:artifactregistry/repository:Repository": (
        "projects/{project}/locations/{location}/repositories/{repository_id}"
    ),
    "gcp:storage/bucket:Bucket": "{project}/{name}",
    "gcp:cloudfunctionsv2/function:Function": "projects/{project}/locations/{location}/functions/{name}",
    "gcp:cloudscheduler/job:Job": "projects/{project}/locations/{region}/jobs/{name}",
    "gcp:firebase/hostingSite:HostingSite": "projects/{project}/sites/{site_id}",
    "gcp:identityplatform/config:Config": "projects/{project}",
    "gcp:iam/workloadIdentityPool:WorkloadIdentityPool": (
        "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}"
    ),
    "gcp:iam/workloadIdentityPoolProvider:WorkloadIdentityPoolProvider": (
        "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}"
        "/providers/{workload_identity_pool_provider_id}"
    ),
}
"""Resource type → its import id, written with the resource's own arguments."""


class Adoption:
    """Gives each resource that is to be adopted its import id, from `start` on."""

    def __init__(self, wanted: bool | list[str]) -> None:
        self._wanted = wanted
        self._not_met = set(wanted) if isinstance(wanted, list) else set()

    def start(self) -> None:
        """Look at every resource that is declared after this call."""
        if self._wanted:
            pulumi.runtime.register_stack_transformation(self._adopt)

    def finish(self) -> None:
        """Raise RunError if a name to adopt belongs to no declared resource: most likely a typing error."""
        if self._not_met:
            names = ", ".join(sorted(self._not_met))
            raise pulumi.RunError(f"ekklesia:adopt: no resource of this name can be adopted: {names}")

    def _adopt(self, args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if self._wanted is not True and args.name not in self._not_met:
            return None
        existing = import_id(args.type_, args.props)
        if existing is None:
            return None
        self._not_met.discard(args.name)
        adopted = pulumi.ResourceOptions(import_=existing)
        return pulumi.ResourceTransformationResult(
            args.props, pulumi.ResourceOptions.merge(args.opts, adopted)
        )


def import_id(resource_type: str, arguments: Mapping[str, Any]) -> str | None:
    """The id of an existing resource with these arguments; None if it cannot be computed."""
    template = IMPORT_IDS.get(resource_type)
    if template is None:
        return None
    used = {name for _, name, _, _ in Formatter().parse(template) if name}
    known = {name: arguments[name] for name in used if isinstance(arguments.get(name), str)}
    return template.format_map(known) if known.keys() == used else None
