"""How a type's inputs become Google's resource, and what Google would refuse in it before anything is done.

A subclass says how its inputs become the REST resource of Google's API (`translate`), and what Google would
refuse in it that its description does not show (`problems`). Names and previews are here, the operations in
`rest_resource.py`. What the engine asks before an operation is answered from `schema.json`, as the real
provider answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from string import Formatter
from typing import Any, ClassVar

from local.google.frame import discovery
from local.provider.bridge.schema import REQUIRED
from local.provider.gcp.declared_resource import DeclaredResource
from local.provider.gcp.google_error import invalid
from local.provider.gcp.scope import Scope
from local.provider.properties import UNKNOWN, Value, is_unknown, without
from local.provider.resource_type import Call, Inputs, Outputs, Problem

BEFORE = discovery.Rules(passes=is_unknown)
"""Values that are not known yet (preview) pass."""
Body = dict[str, Any]


class GoogleResource(DeclaredResource):
    """One type of Google's resources."""

    kind: ClassVar[str]
    """The kind in the resource store."""
    schema: ClassVar[discovery.SchemaName]
    """The schema of the translated resource."""
    name_template: ClassVar[str]
    """The template of the full REST name, of `{project}`, `{region}`, `{location}` and other inputs."""
    required: ClassVar[tuple[str, ...]] = ()
    """Inputs without which Google refuses to make it, beside those that the real provider requires."""
    steering: ClassVar[frozenset[str]] = frozenset()
    """Inputs that steer Pulumi's provider and are no part of the resource."""
    outputs: ClassVar[tuple[str, ...]] = ()
    """Outputs that are known only after the creation."""
    is_run: ClassVar[bool] = True
    """Whether something in the world acts upon it; if not, it is declared but not run."""

    # What a type defines.

    def translate(self, scope: Scope, inputs: Inputs) -> Body:
        """The body for Google's API: by default the inputs that are not part of the name."""
        return self.body(inputs)

    def problems(self, scope: Scope, inputs: Inputs) -> Iterable[Problem]:
        """Problems that the discovery document does not show, and that need no look at the world."""
        return ()

    def foretold(self, scope: Scope, inputs: Inputs) -> Outputs:
        """Outputs that the real provider knows before the creation."""
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

    def _require_acceptable(self, scope: Scope, given: Inputs) -> None:
        found = [f"{each.property}: {each.reason}".removeprefix(": ") for each in self.refused(scope, given)]
        if found:
            raise invalid("; ".join(found))

    def _name_parts(self) -> frozenset[str]:
        return _template_parts(self.name_template)


def full_name(value: str, prefix: str) -> str:
    """The full REST name of one that is given whole or by its last part."""
    return value if value.startswith("projects/") or is_unknown(value) else f"{prefix}{value}"


def _template_parts(template: str) -> frozenset[str]:
    return frozenset(part for _, part, _, _ in Formatter().parse(template) if part)


def present(inputs: Mapping[str, Value]) -> dict[str, Value]:
    """The inputs that are not null."""
    return {key: value for key, value in inputs.items() if value is not None}
