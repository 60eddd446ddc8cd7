"""The schemas of resource types: each property's kind, default, limits, and whether a change replaces."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REQUIRED = "required"
LISTS = ("List", "Set")


@dataclass(frozen=True)
class Relations:
    """The Terraform paths of other properties that must, or must not, be given too."""

    exactly_one_of: tuple[str, ...] = ()
    at_least_one_of: tuple[str, ...] = ()
    conflicts_with: tuple[str, ...] = ()
    required_with: tuple[str, ...] = ()


@dataclass(frozen=True)
class Property:
    """One property, under its names in Pulumi and in Terraform, whose names the refusals use."""

    name: str
    terraform: str
    type: str
    """Terraform's type: String, Bool, Int, Map, List or Set."""
    input: str
    """`required`, `optional`, or empty for an output."""
    computed: bool
    """Whether Google chooses a value if none is given."""
    replaces: bool
    """Whether another value needs a new resource."""
    default: Any
    minimum_items: int
    maximum_items: int
    values: tuple[str, ...]
    """The only values that are accepted; empty if any is."""
    check: str
    """The name of a check of `value_checks`, or empty."""
    same: str
    """The name of a comparison of `sameness`, or empty."""
    relations: Relations
    items: Mapping[str, Property] | None
    """The properties of a block; None if the values are scalars."""

    @property
    def is_object(self) -> bool:
        """Whether Pulumi has one object where Terraform has a list of at most one."""
        return self.type in LISTS and self.maximum_items == 1 and self.items is not None


@dataclass(frozen=True)
class Schema:
    """A resource type."""

    properties: Mapping[str, Property]
    auto_named: str = ""
    """The property that gets the resource's name and a random end if it is not given."""
    deletes_first: bool = False
    """Whether a replacement always deletes the old resource first."""
    paths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Terraform's path of a property, without positions → its path in Pulumi."""


def load(path: Path) -> dict[str, Schema]:
    """Pulumi's name of a type → its schema."""
    return {token: _schema(content) for token, content in json.loads(path.read_text()).items()}


def _schema(content: Mapping[str, Any]) -> Schema:
    properties = _properties(content["properties"])
    return Schema(
        properties,
        content.get("autoNamed", ""),
        content.get("deletesFirst", False),
        dict(_paths(properties)),
    )


def _properties(content: Mapping[str, Any]) -> dict[str, Property]:
    return {name: _property(name, each) for name, each in content.items()}


def _property(name: str, content: Mapping[str, Any]) -> Property:
    items = content.get("items")
    return Property(
        name=name,
        terraform=content.get("terraform", _snake_case(name)),
        type=content["type"],
        input=content.get("input", ""),
        computed=content.get("computed", False),
        replaces=content.get("replaces", False),
        default=content.get("default"),
        minimum_items=content.get("minItems", 0),
        maximum_items=content.get("maxItems", 0),
        values=tuple(content.get("values", ())),
        check=content.get("check", ""),
        same=content.get("same", ""),
        relations=Relations(
            tuple(content.get("exactlyOneOf", ())),
            tuple(content.get("atLeastOneOf", ())),
            tuple(content.get("conflictsWith", ())),
            tuple(content.get("requiredWith", ())),
        ),
        items=None if items is None else _properties(items),
    )


def _paths(
    properties: Mapping[str, Property], terraform: tuple[str, ...] = (), pulumi: tuple[str, ...] = ()
) -> list[tuple[str, tuple[str, ...]]]:
    found = []
    for each in properties.values():
        here, there = (*terraform, each.terraform), (*pulumi, each.name)
        found.append((".".join(here), there))
        found += _paths(each.items or {}, here, there)
    return found


def _snake_case(name: str) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter.group().lower()}", name)
