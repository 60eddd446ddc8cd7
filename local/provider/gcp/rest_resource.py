"""What all resources share: each operation is a call of a front end in `local/google/`.

A subclass says how its inputs become Google's resource (`translate`), and how that becomes inputs again
(`inputs_of`). All that Google refuses is refused by the front end.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import httpx

from local.google.frame.discovery import document, is_output
from local.google.frame.methods import method_of
from local.provider.gcp.front_end import FrontEnd
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.google_resource import Body, GoogleResource, present
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import Value, without
from local.provider.resource_type import Call, Inputs, Outputs


class RestResource(GoogleResource):
    """One type of Google's resources, behind a front end."""

    collection: ClassVar[str]
    """The collection of the API: `projects.secrets`."""
    id_parameter: ClassVar[str] = ""
    """The parameter of `create` that takes the last part of the name."""
    get_verb: ClassVar[str] = "get"
    change_verb: ClassVar[str] = "patch"
    """What the API calls these methods."""
    is_named_by_google: ClassVar[bool] = False
    """Whether Google invents the last part of the name; then `name` is that of the collection."""

    # What a type may define.

    def outputs_of(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        """Outputs beside the inputs, from Google's resource."""
        return {name: resource.get(name, "") for name in self.outputs}

    def inputs_of(self, scope: Scope, resource: Body) -> Outputs:
        """The inputs that would make this resource: by default what a client may set, and the name."""
        fields = document(self.schema.document)["schemas"][self.schema.schema]["properties"]
        named = parts_of_name(self.name_template, self.own_name(scope, resource))
        settable = {key for key in resource if not is_output(fields.get(key, {}))} - {"name", "etag"}
        return {**{key: resource[key] for key in settable}, **named}

    def own_name(self, scope: Scope, resource: Body) -> str:
        """The resource's name with the project's id."""
        name: str = resource.get("name", "")
        return name.replace(f"projects/{scope.number}/", f"projects/{scope.project}/", 1)

    def make(self, google: FrontEnd, scope: Scope, inputs: Inputs) -> Body:
        """Create the resource; return it."""
        name = self.name(scope, inputs)
        parent = name.rsplit("/", 1 if self.is_named_by_google else 2)[0]
        given = {self.id_parameter: name.rsplit("/", 1)[-1]} if self.id_parameter else {}
        return self._call(google, "create", self.translate(scope, inputs), parent, **given)

    def change(self, google: FrontEnd, scope: Scope, name: str, old: Inputs, new: Inputs) -> Body:
        """Change the fields that differ; return the resource."""
        before, after = self.translate(scope, old), self.translate(scope, new)
        changed = [key for key in sorted(before.keys() | after.keys()) if before.get(key) != after.get(key)]
        if not changed:
            return self.get(google, name)
        return self._call(google, self.change_verb, after, name, updateMask=",".join(changed))

    def get(self, google: FrontEnd, name: str) -> Body:
        """The present resource."""
        return self._call(google, self.get_verb, None, name)

    def find(self, google: FrontEnd, name: str) -> Body | None:
        """The present resource; None if there is none."""
        try:
            return self.get(google, name)
        except GoogleError as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise
            return None

    def remove(self, google: FrontEnd, scope: Scope, name: str, outputs: Inputs) -> None:
        """Delete the resource."""
        self._call(google, "delete", None, name)

    # What all types share.

    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Create the resource. If it is there already, Google refuses, even if an interrupted run made it."""
        given = present(inputs)
        operation = Operation.begin(call, Scope.of(call, given))
        scope = operation.scope
        resource = self.make(FrontEnd(operation.world), scope, given)
        return self.id_of(scope, resource, given), self._with_outputs(scope, resource, given)

    def id_of(self, scope: Scope, resource: Body, inputs: Inputs) -> str:
        """The id of a new resource: its name."""
        return self.own_name(scope, resource) or self.name(scope, inputs)

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Change the resource."""
        before, given = present(old), present(new)
        operation = Operation.begin(call, Scope.of(call, given))
        known = {key: before[key] for key in before if key not in self.outputs}
        wanted = {**self._chosen_by_google(known), **given}
        resource = self.change(FrontEnd(operation.world), operation.scope, resource_id, known, wanted)
        return self._with_outputs(operation.scope, resource, wanted)

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Delete the resource; it is no error if there is none."""
        operation = Operation.begin(call, Scope.of(call, outputs))
        try:
            self.remove(FrontEnd(operation.world), operation.scope, resource_id, outputs)
        except GoogleError as error:
            if error.code != httpx.codes.NOT_FOUND:
                raise

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs] | None:
        """The present resource, as inputs and outputs; None if there is none."""
        operation = Operation.begin(call, Scope.of(call, outputs))
        name = self.name_of_import(operation.scope, resource_id)
        try:
            resource = self.get(FrontEnd(operation.world), name)
        except GoogleError as error:
            if error.code in (httpx.codes.NOT_FOUND, httpx.codes.FORBIDDEN):
                return None
            raise
        if not self.is_there(resource):
            return None
        inputs = self.declarable(
            {**self.inputs_of(operation.scope, resource), "project": operation.scope.project}
        )
        given = refreshed(outputs, inputs) if outputs else inputs
        return name, inputs, self._with_outputs(operation.scope, resource, given)

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """The name with the project's id, of an id that may have its number."""
        return self.own_name(scope, {"name": resource_id})

    def is_there(self, resource: Body) -> bool:
        """Whether an answered resource counts as present."""
        return True

    def _call(self, google: FrontEnd, verb: str, body: Body | None, first: str, **given: Value) -> Body:
        """Call a method of the collection; `first` is the first parameter of its path."""
        method = method_of(self.schema.document, f"{self.collection}.{verb}")
        named = {method.path_parameters[0]: first, **given}
        return google.call(self.schema.document, f"{self.collection}.{verb}", body, **named)

    def _chosen_by_google(self, known: Inputs) -> Outputs:
        """What a program may leave to Google stays as it is if nothing is declared."""
        chosen = (name for name, each in self.properties.items() if each.input and each.computed)
        return {name: known[name] for name in chosen if name in known}

    def _with_outputs(self, scope: Scope, resource: Body, inputs: Inputs) -> Outputs:
        known = {**self.chosen(scope, inputs), **inputs, **self.foretold(scope, inputs)}
        return {**known, **self.outputs_of(scope, resource, inputs)}


def parts_of_name(template: str, name: str) -> dict[str, Value]:
    """The inputs in a name: `{"secretId": "word"}` of `projects/demo/secrets/word`."""
    pairs = zip(template.split("/"), name.split("/"), strict=False)
    parts = {part[1:-1]: value for part, value in pairs if part.startswith("{") and part.endswith("}")}
    return without(parts, ("project",))


def refreshed(old: Inputs, new: Inputs) -> Outputs:
    """The old values, but for those that Google's contradict. Google also answers with defaults."""
    different = {key: value for key, value in new.items() if key in old and not _contains(value, old[key])}
    return {**old, **different}


def _contains(whole: Value, part: Value) -> bool:
    if isinstance(whole, Mapping) and isinstance(part, Mapping):
        return all(_contains(whole.get(key), value) for key, value in part.items() if value is not None)
    if isinstance(whole, list) and isinstance(part, list):
        return len(whole) == len(part) and all(map(_contains, whole, part))
    return bool(whole == part)
