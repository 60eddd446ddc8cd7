"""What the real provider refuses before anything is done, in its words.

Only shapes, limits and combinations are judged here. Names, places and whatever else Google would refuse are
accepted, as the real provider accepts them. A value that is not known yet is accepted too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from local.provider.bridge.combinations import Combination
from local.provider.bridge.defaults import MARK
from local.provider.bridge.schema import REQUIRED, Property, Schema
from local.provider.bridge.value_checks import CHECKS, quoted
from local.provider.properties import Value, is_unknown
from local.provider.resource_type import Problem


def refusals(schema: Schema, inputs: Mapping[str, Value], name: str) -> Iterator[Problem]:
    """The problems of a resource's inputs. `name`: the resource's name in the program."""
    found = _Judge(schema, inputs).block(schema.properties, inputs, _Place())
    for place, reason in found:
        yield Problem("", f"{reason}. Examine values at '{name}{place.pulumi}'.")


@dataclass(frozen=True)
class _Place:
    """Where a value is, in Terraform's words and in Pulumi's."""

    terraform: str = ""
    pulumi: str = ""
    is_fixed: bool = False
    """Whether Pulumi's path stays, because a set's items have no positions."""

    def of(self, declared: Property) -> _Place:
        """The place of a property in this object."""
        terraform = f"{self.terraform}.{declared.terraform}" if self.terraform else declared.terraform
        return _Place(terraform, self._below(f".{declared.name}"), self.is_fixed)

    def item(self, declared: Property, index: int) -> _Place:
        """The place of an item of this list."""
        is_fixed = self.is_fixed or declared.type == "Set"
        below = self.pulumi if is_fixed or declared.is_object else self._below(f"[{index}]")
        return _Place(f"{self.terraform}.{index}", below, is_fixed)

    def unknown(self, key: str) -> _Place:
        """The place of a key that no property has."""
        return _Place(pulumi=self._below(f".{key}"))

    def _below(self, step: str) -> str:
        return self.pulumi if self.is_fixed else f"{self.pulumi}{step}"


Refusal = tuple[_Place, str]


class _Judge:
    def __init__(self, schema: Schema, inputs: Mapping[str, Value]) -> None:
        self._schema = schema
        self._inputs = inputs

    def block(
        self, properties: Mapping[str, Property], values: Mapping[str, Value], place: _Place
    ) -> Iterator[Refusal]:
        for key in values.keys() - properties.keys() - {MARK}:
            if values[key] is not None:
                yield place.unknown(key), "Invalid or unknown key"
        for key, declared in properties.items():
            yield from self._property(declared, values.get(key), place.of(declared))

    def _property(self, declared: Property, value: Value, place: _Place) -> Iterator[Refusal]:
        if not declared.input:
            if value is not None:
                yield place, _unconfigurable(place)
            return
        combined = Combination(self._is_given, place.terraform, declared.relations)
        yield from ((place, reason) for reason in combined.refused_always())
        if value is None:
            if declared.input == REQUIRED:
                argument = f"The argument {quoted(place.terraform)} is required"
                yield place, f"Missing required argument. {argument}, but no definition was found."
            return
        yield from ((place, reason) for reason in combined.refused_if_given())
        if not is_unknown(value):
            yield from self._value(declared, value, place)

    def _value(self, declared: Property, value: Value, place: _Place) -> Iterator[Refusal]:
        if declared.check and declared.type not in ("List", "Set"):
            yield from ((place, reason) for reason in CHECKS[declared.check](value, place.terraform))
        if declared.type in ("List", "Set"):
            items = value if isinstance(value, list) else [value]
            yield from ((place, reason) for reason in _wrong_number(declared, items, place))
            for index, item in enumerate(items):
                yield from self._item(declared, item, place.item(declared, index))
        else:
            yield from _wrong_value(declared, value, place)

    def _item(self, declared: Property, item: Value, place: _Place) -> Iterator[Refusal]:
        if is_unknown(item):
            return
        if declared.items is None:
            yield from _wrong_value(declared, item, place)
        elif isinstance(item, Mapping):
            yield from self.block(declared.items, item, place)
        else:
            yield place, f"expected {place.terraform} to be an object, got {item}"

    def _is_given(self, terraform: str) -> bool:
        steps = [step for step in terraform.split(".") if not step.isdigit()]
        value: Value = self._inputs
        for step in self._schema.paths[".".join(steps)]:
            value = value.get(step) if isinstance(value, Mapping) else None
        return value is not None


def _unconfigurable(place: _Place) -> str:
    return (
        f"Value for unconfigurable attribute. Can't configure a value for {quoted(place.terraform)}: "
        "its value will be decided automatically based on the result of applying this configuration."
    )


def _wrong_number(declared: Property, items: list[Value], place: _Place) -> Iterator[str]:
    count, least, most = len(items), declared.minimum_items, declared.maximum_items
    if count < least:
        wants = f"requires {least} item minimum, but config has only {count} declared."
        yield f"Not enough list items. Attribute {place.terraform} {wants}"
    elif most and count > most:
        allows = f"supports {most} item maximum, but config has {count} declared."
        yield f"Too many list items. Attribute {place.terraform} {allows}"


def _wrong_value(declared: Property, value: Value, place: _Place) -> Iterator[Refusal]:
    if declared.values and value not in declared.values:
        allowed = " ".join(quoted(each) for each in declared.values)
        yield place, f"expected {place.terraform} to be one of [{allowed}], got {value}"
