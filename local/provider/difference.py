"""Compares two versions of a resource's inputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from local.provider.properties import Path, Value


class Kind(Enum):
    """How a property changed, by the names of Pulumi's PropertyDiff."""

    ADD = "ADD"
    DELETE = "DELETE"
    UPDATE = "UPDATE"


@dataclass(frozen=True)
class Change:
    """One changed property, at the deepest path where the versions differ."""

    path: Path
    kind: Kind
    replaces: bool = False
    """Whether it needs a new resource."""

    @property
    def name(self) -> str:
        """The path in Pulumi's form: `serviceConfig.secretEnvironmentVariables[0].key`."""
        text = ""
        for step in self.path:
            text += f"[{step}]" if isinstance(step, int) else f".{step}"
        return text.removeprefix(".")

    @property
    def pattern(self) -> str:
        """The path without positions in lists, as resource types name their immutable properties."""
        return ".".join(step for step in self.path if isinstance(step, str))


def changes(old: Value, new: Value, path: Path = ()) -> Iterator[Change]:
    """Each path where two versions differ. A property that is null counts as absent."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted(old.keys() | new.keys()):
            yield from changes(old.get(key), new.get(key), (*path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            yield from changes(_at(old, index), _at(new, index), (*path, index))
    elif old != new:
        yield Change(path, _kind(old, new))


def is_within(pattern: str, prefixes: frozenset[str]) -> bool:
    """Whether a property is one of these, or a part of one."""
    return any(pattern == prefix or pattern.startswith(f"{prefix}.") for prefix in prefixes)


def _at(values: list[Value], index: int) -> Value:
    return values[index] if index < len(values) else None


def _kind(old: Value, new: Value) -> Kind:
    if old is None:
        return Kind.ADD
    return Kind.DELETE if new is None else Kind.UPDATE
