"""What the engine asks about a resource before an operation, answered from the type's schema.

So it is answered as by the real provider, whatever Google or the world would say. The operations are in
`google_resource` and `rest_resource`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from local.provider.bridge.defaults import MARK, completed
from local.provider.bridge.differences import differences
from local.provider.bridge.refusals import refusals
from local.provider.bridge.schema import Property, Schema
from local.provider.difference import Change
from local.provider.gcp.schemas import SCHEMAS
from local.provider.gcp.scope import Scope
from local.provider.properties import Value, without
from local.provider.resource_type import Call, Inputs, Outputs, Problem, ResourceType

PROVISIONED = {"goog-pulumi-provisioned": "true"}
"""The label by which the real provider marks what it made."""


class DeclaredResource(ResourceType):
    """A type of resource with a schema."""

    @property
    def declared(self) -> Schema:
        """The schema."""
        return SCHEMAS[self.pulumi_type]

    @property
    def properties(self) -> Mapping[str, Property]:
        """The properties, inputs and outputs."""
        return self.declared.properties

    def complete(self, call: Call, inputs: Inputs, before: Inputs, seed: bytes) -> Outputs:
        """The inputs with the real provider's defaults and, if there is none, an invented name."""
        return completed(self.declared, inputs, before, call.urn.name, seed)

    def check(self, call: Call, inputs: Inputs) -> Iterator[Problem]:
        """What the real provider refuses before it asks Google."""
        return refusals(self.declared, inputs, call.urn.name)

    def differences(self, call: Call, state: Inputs, old: Inputs, new: Inputs) -> Iterator[Change]:
        """What would change, as the real provider plans it. Another project replaces everything."""
        project = {"project": call.settings.get("project")} if "project" in state else {}
        return differences(self.declared, state, {**project, **new})

    def deletes_first(self, inputs: Inputs) -> bool:
        """Whether the old resource goes first: so that its name is free, unless the name was invented."""
        invented = self.declared.auto_named
        is_named = bool(invented) and invented not in inputs.get(MARK, ())
        return self.declared.deletes_first or is_named

    def chosen(self, scope: Scope, inputs: Inputs) -> Outputs:
        """What the real provider fills in: the place, and the labels with its own."""
        labels = {"effectiveLabels": self.labels(inputs), "pulumiLabels": self.labels(inputs)}
        places = {"project": scope.project, "region": scope.region, "location": scope.region}
        return {name: value for name, value in {**places, **labels}.items() if name in self.properties}

    def declarable(self, found: Inputs) -> Outputs:
        """What a program may declare of a resource's fields, without the real provider's own label."""
        inputs = {name: found[name] for name, each in self.properties.items() if each.input and name in found}
        labels = without(inputs.pop("labels", {}), PROVISIONED)
        return {**inputs, "labels": labels} if labels else inputs

    def labels(self, inputs: Inputs) -> dict[str, Value]:
        """The declared labels, and the real provider's own."""
        return {**(inputs.get("labels") or {}), **PROVISIONED}
