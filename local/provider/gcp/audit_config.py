"""gcp.projects.IAMAuditConfig: which accesses Google logs."""

from __future__ import annotations

from typing import ClassVar

from local.google.cloudresourcemanager import AUDIT_CONFIGS
from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import not_found
from local.provider.gcp.google_resource import Body
from local.provider.gcp.policy_change import PolicyOf
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.resource_type import Inputs, Outputs


class AuditConfig(RestResource):
    """The accesses of one service that Google logs, a part of the project's policy.

    This is only recorded: nothing here writes audit logs.
    """

    pulumi_type = "gcp:projects/iAMAuditConfig:IAMAuditConfig"
    kind = AUDIT_CONFIGS
    schema = SchemaName("cloudresourcemanager.v1", "AuditConfig")
    name_template = "projects/{project}/auditConfigs/{service}"
    required = ("service",)
    outputs = ("etag",)
    is_run: ClassVar[bool] = False

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The configuration, with its service."""
        return {**self.body(inputs), "service": inputs["service"]}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Put it in place of what the service has."""
        wanted = self.translate(scope, inputs)
        self._replace(google, scope, str(wanted["service"]), [wanted])
        return wanted

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """The same. The service that it named before keeps its own, as with the real provider."""
        return self.make(google, scope, new)

    def get(self, google: FrontEnd, name: str) -> Body:
        """The configuration of the name. Raises GoogleError 404."""
        _, project, _, service = name.split("/")
        for found in _project_policy(google, project).read().get("auditConfigs", []):
            if found["service"] == service:
                return dict(found)
        raise not_found(name)

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Log nothing more of the service."""
        self._replace(google, scope, name.rsplit("/", 1)[-1], [])

    def id_of(self, scope: Scope, resource: Body, inputs: Inputs) -> str:
        """The name."""
        return self.name(scope, inputs)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The service, and what of it is logged."""
        return resource

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """`PROJECT SERVICE`, as Terraform has it, or the REST name."""
        return f"projects/{scope.project}/auditConfigs/{resource_id.replace('/', ' ').rsplit(' ', 1)[-1]}"

    def _replace(self, google: FrontEnd, scope: Scope, service: str, wanted: list[Body]) -> None:
        def changed(policy: Body) -> Body:
            others = [each for each in policy.get("auditConfigs", []) if each["service"] != service]
            return {**policy, "auditConfigs": [*others, *wanted]}

        _project_policy(google, scope.project).change(changed, mask="bindings,etag,auditConfigs")


def _project_policy(google: FrontEnd, project: str) -> PolicyOf:
    return PolicyOf(google, "cloudresourcemanager.v1", "projects", project)
