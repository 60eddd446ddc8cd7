"""Completes a resource's inputs, and marks what was added, as the bridge keeps it in the stack.

Each object gets the list `__defaults` of the properties that were added to it. A property that was added
before keeps its value, so that an invented name stays.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from typing import Any

from local.provider.bridge.schema import Property, Schema
from local.provider.properties import Value

MARK = "__defaults"
RANDOM_DIGITS = 7


def completed(
    schema: Schema, inputs: Mapping[str, Value], before: Mapping[str, Value], name: str, seed: bytes
) -> dict[str, Value]:
    """The inputs with defaults. `before`: those of the last time; `seed` makes the invented name's end."""
    given = dict(inputs)
    invented = schema.auto_named
    names: dict[str, Value] = {}
    if invented and given.get(invented) is None:
        kept = before.get(invented) if invented in before.get(MARK, ()) else None
        names = {invented: kept or f"{name}-{_digits(seed)}"}
    whole = _object(schema.properties, {**given, **names})
    whole[MARK] = sorted([*whole[MARK], *names])
    return whole


def plain(value: Value) -> Value:
    """The same without the marks."""
    if isinstance(value, Mapping):
        return {key: plain(part) for key, part in value.items() if key != MARK}
    return [plain(part) for part in value] if isinstance(value, list) else value


def _object(properties: Mapping[str, Property], given: Mapping[str, Value]) -> dict[str, Value]:
    whole: dict[str, Any] = {
        key: _value(properties.get(key), part) for key, part in given.items() if part is not None
    }
    # Terraform's own zero values need no default.
    added = {
        key: each.default
        for key, each in properties.items()
        if each.input and each.default and key not in whole
    }
    return {**whole, **added, MARK: sorted(added)}


def _value(declared: Property | None, value: Value) -> Value:
    if declared is None or declared.items is None:
        return value
    if isinstance(value, list):
        return [_value(declared, part) for part in value]
    return _object(declared.items, value) if isinstance(value, Mapping) else value


def _digits(seed: bytes) -> str:
    return hashlib.sha256(seed).hexdigest()[:RANDOM_DIGITS] if seed else secrets.token_hex(4)[:RANDOM_DIGITS]
