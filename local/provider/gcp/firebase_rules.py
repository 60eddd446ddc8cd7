"""gcp.firebaserules: rulesets, and the release that puts one in force."""

from __future__ import annotations

from local.google.frame.discovery import SchemaName
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_resource import Body, full_name
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Scope
from local.provider.resource_type import Inputs, Outputs
from local.services.firestore_rules import RELEASES, RULESETS


class Ruleset(RestResource):
    """Source text of rules. It is never changed: other rules are another ruleset."""

    pulumi_type = "gcp:firebaserules/ruleset:Ruleset"
    kind = RULESETS
    schema = SchemaName("firebaserules.v1", "Ruleset")
    collection = "projects.rulesets"
    name_template = "projects/{project}/rulesets"
    is_named_by_google = True
    required = ("source",)
    outputs = ("name", "createTime", "metadatas")

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """The last part of the name, as Terraform has it."""
        name = resource["name"].rsplit("/", 1)[-1]
        return {"name": name, "createTime": resource["createTime"], "metadatas": []}


class Release(RestResource):
    """The ruleset that applies to one of Firebase's services."""

    pulumi_type = "gcp:firebaserules/release:Release"
    kind = RELEASES
    schema = SchemaName("firebaserules.v1", "Release")
    collection = "projects.releases"
    name_template = "projects/{project}/releases/{name}"
    required = ("name", "rulesetName")
    outputs = ("createTime", "updateTime", "disabled")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """Both names in full."""
        ruleset = full_name(str(inputs["rulesetName"]), f"projects/{scope.project}/rulesets/")
        return {"name": self.name(scope, inputs), "rulesetName": ruleset}

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Put the ruleset in force."""
        return self._call(google, "create", self.translate(scope, inputs), f"projects/{scope.project}")

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Put another ruleset in force."""
        return self._call(google, "patch", {"release": self.translate(scope, new)}, name)

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The release's own name, which may have a slash, and the ruleset."""
        name = resource["name"].partition("/releases/")[2]
        return {"name": name, "rulesetName": resource["rulesetName"]}

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """Its times."""
        return {**super().outputs_of(scope, resource, inputs), "disabled": False}
