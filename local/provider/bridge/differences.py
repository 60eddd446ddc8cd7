"""Compares what the stack knows of a resource with its new inputs, as Terraform plans a change.

The old side is the state, as Google answered it, and not the old inputs: so a drift that a refresh found is
a change, and a value that Google chose is none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from local.provider.bridge.sameness import COMPARISONS
from local.provider.bridge.schema import Property, Schema
from local.provider.difference import Change, Kind
from local.provider.properties import Archive, Asset, Path, Value, contains_unknown

Values = Mapping[str, Value]


def differences(schema: Schema, state: Values, inputs: Values) -> Iterator[Change]:
    """Each property that would change."""
    yield from _block(schema.properties, state, inputs, ())


def _block(
    properties: Mapping[str, Property], old: Values, new: Values | None, path: Path
) -> Iterator[Change]:
    for name, declared in properties.items():
        if not declared.input:
            continue
        value = None if new is None else new.get(name)
        if value is None and declared.computed:
            continue
        # A block that is not there has no defaults in it.
        chosen = declared.default if value is None and new is not None else value
        yield from _property(declared, old.get(name), chosen, (*path, name))


def _property(declared: Property, old: Value, new: Value, path: Path) -> Iterator[Change]:
    if declared.same and COMPARISONS[declared.same](old, new):
        return
    if declared.items is None or contains_unknown(new):
        if _scalar(declared, old) != _scalar(declared, new):
            yield _change(declared, old, new, path)
    elif declared.type == "Set":
        if not _is_same_set(declared, old, new):
            yield _change(declared, old, new, path)
    elif declared.is_object:
        yield from _object(declared, old, new, path)
    else:
        yield from _list(declared, old or [], new or [], path)


def _object(declared: Property, old: Value, new: Value, path: Path) -> Iterator[Change]:
    """A block: that it comes or goes is a change, and what comes or goes with it is one too."""
    if old is None and new is None:
        return
    if old is None or new is None:
        yield _change(declared, old, new, path)
    yield from _block(declared.items or {}, old or {}, new, path)


def _list(declared: Property, old: list[Value], new: list[Value], path: Path) -> Iterator[Change]:
    for index in range(max(len(old), len(new))):
        before = old[index] if index < len(old) else None
        after = new[index] if index < len(new) else None
        yield from _object(declared, before, after, (*path, index))


def _is_same_set(declared: Property, old: Value, new: Value) -> bool:
    """Whether two sets have the same items, in any order. What Google chose in an item does not count."""
    before, after = _items(old), _items(new)
    properties = declared.items or {}
    chosen = {
        name for name, each in properties.items() if each.computed and not any(name in item for item in after)
    }
    judged = {name: each for name, each in properties.items() if each.input and name not in chosen}
    return _in_order(judged, before) == _in_order(judged, after)


def _items(value: Value) -> list[Value]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _in_order(properties: Mapping[str, Property], items: list[Value]) -> list[str]:
    return sorted(repr(_settled(properties, item)) for item in items)


def _settled(properties: Mapping[str, Property], item: Values) -> list[tuple[str, Any]]:
    settled: list[tuple[str, Any]] = []
    for name, declared in properties.items():
        value = item.get(name, declared.default)
        if declared.items is not None:
            settled.append((name, _in_order(declared.items, _items(value))))
        elif (scalar := _scalar(declared, value)) is not None:
            settled.append((name, scalar))
    return settled


def _scalar(declared: Property, value: Value) -> Any:
    """A value as Terraform compares it: nothing and a zero value are the same."""
    if declared.type == "Set" and isinstance(value, list):
        return sorted(map(_text, value)) or None
    if isinstance(value, list):
        return [_text(each) for each in value] or None
    if isinstance(value, Mapping):
        return {key: _text(each) for key, each in value.items()} or None
    return None if value in (None, "", 0) else _text(value)


def _text(value: Value) -> Any:
    """A scalar as text, so that a number and its text are the same. Files are compared by their hash."""
    if isinstance(value, Archive | Asset):
        return value.hash
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _change(declared: Property, old: Value, new: Value, path: Path) -> Change:
    kind = Kind.ADD if old is None else Kind.DELETE if new is None else Kind.UPDATE
    return Change(path, kind, declared.replaces)
