"""What all of Google's resources share: they are translated, checked, recorded and realised.

A subclass says how its inputs become the REST resource of Google's API. It may refuse what Google refuses
(`problems`, `demand`) or run something (`realise`). Everything else is here: names, checks against the
discovery document, the enabled API, conflicts, and that a failure leaves nothing half done. What the engine
asks before an operation is answered from `schema.json`, as the real provider answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, ClassVar, NoReturn

from local.google.frame import discovery
from local.provider.bridge.schema import REQUIRED
from local.provider.gcp.declared_resource import DeclaredResource
from local.provider.gcp.google_error import GoogleError, already_exists, invalid
from local.provider.gcp.scope import Operation, Scope
from local.provider.properties import UNKNOWN, Archive, Asset, Value, is_unknown, without
from local.provider.resource_type import Call, HalfMadeError, Inputs, Outputs, Problem, ProviderError
from local.resource_store import Record
from local.services import google_errors
from local.services.enabled_apis import require_enabled

BEFORE = discovery.Rules(passes=is_unknown)
"""Values that are not known yet (preview) pass."""
FAILED = "FAILED"
Body = dict[str, Any]
Status = dict[str, Any]


class GoogleResource(DeclaredResource):
    """One type of Google's resources."""

    kind: ClassVar[str]
    """The kind in the resource store."""
    schema: ClassVar[discovery.SchemaName]
    """The schema of the translated resource."""
    name_template: ClassVar[str]
    """The template of the full REST name, of `{project}`, `{region}`, `{location}` and other inputs."""
    apis: ClassVar[tuple[str, ...]]
    """The APIs that must be enabled for the resource."""
    required: ClassVar[tuple[str, ...]] = ()
    """Inputs without which Google refuses to make it, beside those that the real provider requires."""
    steering: ClassVar[frozenset[str]] = frozenset()
    """Inputs that steer Pulumi's provider and are no part of the resource."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """Outputs that are known only after the creation."""
    is_run: ClassVar[bool] = True
    """Whether something in the world acts upon it; if not, it is declared but not run."""

    leaves_failed: ClassVar[bool] = False
    """Whether Google keeps a new resource that could not be realised, in the state FAILED."""

    # What a type defines.

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The body for Google's API: by default the inputs that are not part of the name."""
        return self.body(inputs)

    def problems(self, scope: Scope, inputs: Inputs) -> Iterable[Problem]:
        """Problems that the discovery document does not show, and that need no look at the world."""
        return ()

    def demand(self, operation: Operation, inputs: Inputs) -> None:
        """Raise GoogleError if Google would refuse to create or change the resource."""
        return

    def realise(self, operation: Operation, record: Record, inputs: Inputs) -> Status:
        """Have the world act upon the resource; return the status. A failure must undo what was begun."""
        return {}

    def unrealise(self, operation: Operation, record: Record, inputs: Inputs) -> None:
        """Undo `realise`."""
        return

    def is_alive(self, operation: Operation, record: Record) -> bool:
        """Whether the effect of `realise` is still there."""
        return True

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """Outputs that the real provider knows before the creation."""
        return {}

    def computed(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        """Outputs beside the inputs, after the creation."""
        return {}

    # What all types share.

    def name(self, scope: Scope, inputs: Inputs) -> str:
        """The full REST name."""
        known = {"location": scope.region, **inputs, "project": scope.project, "region": scope.region}
        return self.name_template.format_map({key: known.get(key, UNKNOWN) for key in self._name_parts()})

    def body(self, inputs: Inputs, *others: str) -> Body:
        """The inputs that are no part of the name, not steering, none of the `others`, and no outputs."""
        outputs = {name for name, each in self.properties.items() if not each.input}
        body = without(inputs, self._name_parts() | self.steering | outputs | {"project", *others})
        has_labels = "effectiveLabels" in self.properties
        return {**body, "labels": self.labels(inputs)} if has_labels else body

    @property
    def needed(self) -> list[str]:
        """The inputs without which there is no resource."""
        required = (name for name, each in self.properties.items() if each.input == REQUIRED)
        return sorted({*self.required, *required})

    def refused(self, scope: Scope, given: Inputs) -> Iterator[Problem]:
        """What Google would find in the resource."""
        missing = [name for name in self.needed if not given.get(name)]
        for name in missing:
            yield Problem(name, "must be given")
        if missing:
            return
        # What is in a block that is not known yet, nobody can judge.
        blocks = (name for name, each in self.properties.items() if each.items)
        if not any(is_unknown(given.get(name)) for name in blocks):
            yield from self.problems(scope, given)
        body = self.translate(scope, given)
        for fault in discovery.faults(self.schema, body, self.schema.schema, BEFORE):
            yield Problem("", fault)

    def preview(self, call: Call, inputs: Inputs, old: Inputs | None) -> Outputs:
        """The inputs, the outputs that are known before the creation, and unknowns.

        Raises GoogleError if Google would refuse the resource, so that a preview tells it first.
        """
        given = present(inputs)
        scope = Scope.of(call, given)
        self._require_acceptable(scope, given)
        kept = {name: (old or {}).get(name, UNKNOWN) for name in self.outputs}
        return {**kept, **self.chosen(scope, given), **given, **self.foretold(scope, given)}

    def create(self, call: Call, inputs: Inputs) -> tuple[str, Outputs]:
        """Check Google's rules, record the resource and realise it."""
        given = present(inputs)
        operation = Operation.begin(call, Scope.of(call, given))
        self._require_apis(operation, given)
        self._require_acceptable(operation.scope, given)
        self.demand(operation, given)
        name = self.name(operation.scope, given)
        existing = operation.store.get(self.kind, name)
        # If this resource was interrupted before, its own record is taken over.
        if existing is not None and existing.status.get("urn") != operation.urn:
            raise already_exists(name)
        record = self._put(operation, name, given)
        return name, self._outputs(operation, record, given)

    def update(self, call: Call, resource_id: str, old: Inputs, new: Inputs) -> Outputs:
        """Change the record and realise it again."""
        given = present(new)
        operation = Operation.begin(call, Scope.of(call, given))
        self._require_apis(operation, given)
        self._require_acceptable(operation.scope, given)
        self.demand(operation, given)
        record = self._put(operation, resource_id, given)
        return self._outputs(operation, record, given)

    def delete(self, call: Call, resource_id: str, outputs: Inputs) -> None:
        """Undo `realise` and remove the record."""
        operation = Operation.begin(call, Scope.of(call, outputs))
        record = operation.store.get(self.kind, resource_id)
        if record is None:
            return
        self.unrealise(operation, record, outputs)
        operation.store.delete(self.kind, resource_id)

    def read(self, call: Call, resource_id: str, outputs: Inputs) -> tuple[str, Inputs, Outputs] | None:
        """The present resource. If its process has died it counts as deleted, so that `up` makes it again."""
        operation = Operation.begin(call, Scope.of(call, outputs))
        record = operation.store.get(self.kind, self.name_of_import(operation.scope, resource_id))
        if record is None or not self.is_alive(operation, record):
            return None
        inputs = record.status["inputs"]
        given = {**inputs, **files_of(outputs), **{key: outputs[key] for key in outputs if key in inputs}}
        return record.name, inputs, self._outputs(operation, record, given)

    def name_of_import(self, scope: Scope, resource_id: str) -> str:
        """The REST name of an import id; by default they are the same."""
        return resource_id

    def needed_apis(self, inputs: Inputs) -> tuple[str, ...]:
        """The APIs that must be enabled for a resource with these inputs."""
        return self.apis

    def _put(self, operation: Operation, name: str, inputs: Inputs) -> Record:
        """Record the resource and realise it. After a failure the store is as before, or has a failed one."""
        before = operation.store.get(self.kind, name)
        status = {**(before.status if before else {}), "urn": operation.urn, "inputs": self._kept(inputs)}
        record = Record(self.kind, name, self.translate(operation.scope, inputs), status)
        operation.store.put(record)
        try:
            record.status.update(self.realise(operation, record, inputs))
        except BaseException as error:
            operation.store.delete(self.kind, name)
            if before is not None:
                operation.store.put(before)
            elif self.leaves_failed and isinstance(error, ProviderError):
                self._leave_failed(operation, record, inputs, error)
            raise
        operation.store.put(record)
        return record

    def _leave_failed(
        self, operation: Operation, record: Record, inputs: Inputs, error: ProviderError
    ) -> NoReturn:
        record.resource["state"] = FAILED
        operation.store.put(record)
        raise HalfMadeError(str(error), record.name, self._outputs(operation, record, inputs)) from error

    def _require_acceptable(self, scope: Scope, given: Inputs) -> None:
        found = [f"{each.property}: {each.reason}".removeprefix(": ") for each in self.refused(scope, given)]
        if found:
            raise invalid("; ".join(found))

    def _require_apis(self, operation: Operation, inputs: Inputs) -> None:
        for api in self.needed_apis(inputs):
            try:
                require_enabled(operation.store, operation.scope.project, api)
            except google_errors.GoogleError as error:
                raise GoogleError(error.status, error.message) from error

    secret_inputs: ClassVar[frozenset[str]] = frozenset()
    """Inputs that are not recorded."""

    def _kept(self, inputs: Inputs) -> dict[str, Value]:
        """The recorded inputs, which a later import needs."""
        plain = without(inputs, self.secret_inputs)
        return {key: value for key, value in plain.items() if not isinstance(value, Archive | Asset)}

    def _outputs(self, operation: Operation, record: Record, inputs: Inputs) -> Outputs:
        foretold = self.foretold(operation.scope, inputs)
        chosen = self.chosen(operation.scope, inputs)
        return {**chosen, **inputs, **foretold, **self.computed(operation, record, inputs)}

    def _name_parts(self) -> frozenset[str]:
        return _template_parts(self.name_template)


def full_name(value: str, prefix: str) -> str:
    """The full REST name of one that is given whole or by its last part."""
    return value if value.startswith("projects/") or is_unknown(value) else f"{prefix}{value}"


def _template_parts(template: str) -> frozenset[str]:
    return frozenset(part for _, part, _, _ in Formatter().parse(template) if part)


def files_of(outputs: Inputs) -> Outputs:
    """The files that were given: no record has them, and Google answers without them."""
    return {key: value for key, value in outputs.items() if isinstance(value, Archive | Asset)}


def present(inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The inputs that are not null."""
    return {key: value for key, value in inputs.items() if value is not None}
