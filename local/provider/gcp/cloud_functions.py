"""gcp.cloudfunctionsv2.Function: built from its archive, started with exactly what was declared."""

from __future__ import annotations

from collections.abc import Iterator

from local.google.frame.bodies import accepted
from local.google.frame.discovery import SchemaName
from local.google.function_checks import problems
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import Body
from local.provider.gcp.rest_resource import RestResource
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import UNKNOWN, is_unknown, without
from local.provider.resource_type import Call, HalfMadeError, Inputs, Outputs, Problem
from local.services.functions import FUNCTIONS

FAILED = "FAILED"
PLACES = ("uri", "service")
"""What Google adds to the settings of the service."""
OF_AN_OPERATION = 100
"""The codes of operations' errors are below, those of HTTP above."""


class Function(RestResource):
    """A Gen2 function: a Cloud Run service made from source."""

    pulumi_type = "gcp:cloudfunctionsv2/function:Function"
    kind = FUNCTIONS
    schema = SchemaName("cloudfunctions.v2", "Function")
    collection = "projects.locations.functions"
    id_parameter = "functionId"
    name_template = "projects/{project}/locations/{location}/functions/{name}"
    required = ("name", "location", "buildConfig", "serviceConfig")
    outputs = ("url", "state", "environment", "updateTime")

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The function, under its full name."""
        return {**self.body(inputs), "name": self.name(scope, inputs), "environment": "GEN_2"}

    def problems(self, scope: Scope, inputs: Inputs) -> Iterator[Problem]:
        """What Cloud Functions refuses before it builds anything."""
        return (Problem("", each) for each in problems(self.translate(scope, inputs), is_unknown))

    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Create it. If its first deploy fails, Google keeps it, in the state FAILED."""
        try:
            return super().create(call, inputs)
        except GoogleError as error:
            operation = Operation.begin(call, Scope.of(call, inputs))
            found = self._left(operation, inputs) if error.code < OF_AN_OPERATION else None
            if found is None:
                raise
            name = self.name(operation.scope, inputs)
            outputs = self._with_outputs(operation.scope, found, inputs)
            raise HalfMadeError(str(error), name, outputs) from error

    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """The outputs without the service's address, which is known after the creation only."""
        if old and self._stays_failed(call, old, inputs):
            return dict(old)
        outputs = super().preview(call, inputs, old)
        before = (old or {}).get("serviceConfig", {})
        places = {name: before.get(name, UNKNOWN) for name in PLACES}
        return {**outputs, "serviceConfig": {**inputs["serviceConfig"], **places}}

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Change it. A failed one that is not declared otherwise stays so, as under the real provider."""
        if self._stays_failed(call, old, new):
            return dict(old)
        return super().update(call, resource_id, old, new)

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs] | None:
        """The present function. The service's place is no setting that could differ from the declared one."""
        config = without(outputs.get("serviceConfig", {}), PLACES)
        return super().read(call, resource_id, {**outputs, "serviceConfig": config} if outputs else {})

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs, without what Google alone sets in any part of it."""
        return super().inputs_of(scope, accepted(self.schema, resource, whole=False))

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """The function's address and state. A failed one has no address."""
        service = resource["serviceConfig"]
        places = {name: service[name] for name in PLACES if name in service}
        config = {**inputs["serviceConfig"], **places}
        return {**super().outputs_of(scope, resource, inputs), "serviceConfig": config}

    def _left(self, operation: Operation, inputs: Inputs) -> Body | None:
        """What a failed creation has left."""
        try:
            return self.get(FrontEnd(operation.world), self.name(operation.scope, inputs))
        except GoogleError:
            return None

    def _stays_failed(self, call: Call, old: Inputs, new: Inputs) -> bool:
        return old.get("state") == FAILED and not any(self.differences(call, old, {}, new))
