"""gcp.projects.IAMCustomRole: a role of the project's own, which `local.services.iam_roles` reads."""

from __future__ import annotations

from collections.abc import Iterator

from local.google.frame.discovery import SchemaName
from local.google.iam import LONGEST_TITLE, PERMISSION, ROLE_ID
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.properties import is_unknown, without
from local.provider.resource_type import Inputs, Outputs, Problem
from local.services.iam_roles import CUSTOM_ROLES


class CustomRole(RestResource):
    """A role."""

    pulumi_type = "gcp:projects/iAMCustomRole:IAMCustomRole"
    kind = CUSTOM_ROLES
    schema = SchemaName("iam.v1", "Role")
    collection = "projects.roles"
    name_template = "projects/{project}/roles/{roleId}"
    required = ("roleId", "title", "permissions")
    steering = frozenset({"deletionPolicy"})
    outputs = ("deleted",)

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The role; Google says that it includes permissions."""
        return {**self.body(inputs, "permissions"), "includedPermissions": inputs["permissions"]}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """Ids, titles and permissions that Google would refuse."""
        role_id = str(inputs["roleId"])
        if not is_unknown(role_id) and not ROLE_ID.fullmatch(role_id):
            yield Problem("roleId", f"The role_id {role_id} must match {ROLE_ID.pattern}")
        if not is_unknown(inputs["title"]) and len(inputs["title"]) > LONGEST_TITLE:
            yield Problem("title", f"must be no longer than {LONGEST_TITLE} characters")
        for permission in [] if is_unknown(inputs["permissions"]) else inputs["permissions"]:
            if not is_unknown(permission) and not PERMISSION.fullmatch(permission):
                yield Problem("permissions", f"Permission {permission} is not valid.")

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """The name, by which bindings call the role."""
        return {"name": self.name(scope, inputs)}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Create the role, or undelete it: Google keeps the id of a deleted one, and so does Terraform."""
        role, name = self.translate(scope, inputs), self.name(scope, inputs)
        found = self.find(google, name)
        if found is not None and not self.is_there(found):
            self._call(google, "undelete", {}, name)
            return self._call(google, "patch", role, name)
        return self._call(
            google, "create", {"roleId": inputs["roleId"], "role": role}, f"projects/{scope.project}"
        )

    def is_there(self, resource: Body) -> bool:
        """A deleted one counts as none."""
        return not resource.get("deleted", False)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, with Terraform's word for the permissions."""
        inputs = super().inputs_of(scope, resource)
        permissions = {"permissions": resource.get("includedPermissions", [])}
        return {**without(inputs, ("includedPermissions",)), **permissions}

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """Whether it is deleted."""
        return {"deleted": resource.get("deleted", False)}
