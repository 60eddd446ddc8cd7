"""Checks resources against Google's own description of its APIs.

The discovery documents come offline with google-api-python-client. A wrong enum value, a wrong shape, a
missing required field, a field that does not exist or that only Google may set: each is found, in the words
that Google's API uses. `methods.py` reads the methods of the same documents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any

Value = Any
Schema = Mapping[str, Any]
DURATION = re.compile(r"-?\d+(\.\d{1,9})?s")
BASE64 = re.compile(r"[A-Za-z0-9+/_-]*={0,2}")
INT32_LIMIT = 2**31
TYPES: Mapping[str, tuple[type, ...]] = {
    "object": (Mapping,),
    "array": (list,),
    "boolean": (bool,),
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
}


@dataclass(frozen=True)
class SchemaName:
    """A schema of one API: `SchemaName("cloudfunctions.v2", "Function")`."""

    document: str
    schema: str


@cache
def document(name: str) -> Mapping[str, Any]:
    """An API's discovery document by its file name, such as `run.v2`."""
    folder = files("googleapiclient.discovery_cache") / "documents"
    content: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return content


def is_google_api(host: str) -> bool:
    """Whether Google has a description of the API of that host, such as `run.googleapis.com`."""
    service = host.removesuffix(".googleapis.com")
    folder = files("googleapiclient.discovery_cache") / "documents"
    return any(entry.name.startswith(f"{service}.") for entry in folder.iterdir())


@dataclass(frozen=True)
class Rules:
    """What is asked of a resource: by default what Google asks of a new one."""

    passes: Callable[[Value], bool] = lambda _value: False
    """Which values are not looked at."""
    is_whole: bool = True
    """Whether required fields must be given; in an update by a mask they need not."""
    is_answer: bool = False
    """Whether it comes from Google, and so has the fields that only Google sets."""


NEW = Rules()
ANSWER = Rules(is_whole=False, is_answer=True)


def faults(name: SchemaName, resource: Value, place: str, rules: Rules = NEW) -> Iterator[str]:
    """All that the API would refuse in a resource. `place` is Google's name of the resource."""
    schemas = document(name.document)["schemas"]
    yield from _Checker(schemas, rules).faults(schemas[name.schema], resource, place)


class _Checker:
    def __init__(self, schemas: Mapping[str, Schema], rules: Rules) -> None:
        self._schemas = schemas
        self._rules = rules

    def faults(self, schema: Schema, value: Value, place: str) -> Iterator[str]:
        if self._rules.passes(value):
            return
        if "$ref" in schema:
            schema = self._schemas[schema["$ref"]]
        kind = schema.get("type", "any")
        if not _has_type(kind, value):
            yield f"Invalid value at '{place}' ({kind}), {_shown(value)}"
        elif kind == "object":
            yield from self._object_faults(schema, value, place)
        elif kind == "array":
            for index, part in enumerate(value):
                yield from self.faults(schema["items"], part, f"{place}[{index}]")
        else:
            yield from _scalar_faults(schema, value, place)

    def _object_faults(self, schema: Schema, value: Mapping[str, Value], place: str) -> Iterator[str]:
        properties = schema.get("properties", {})
        for name, part in value.items():
            inner = properties.get(name) or schema.get("additionalProperties")
            if inner is None:
                unknown = f"Unknown name \"{name}\" at '{place}'"
                yield f"Invalid JSON payload received. {unknown}: Cannot find field."
            elif is_output(inner) and not self._rules.is_answer:
                yield f"Invalid value at '{place}.{name}': the field is output only."
            else:
                yield from self.faults(inner, part, f"{place}.{name}")
        for name, inner in properties.items():
            if self._rules.is_whole and _is_required(inner) and value.get(name) in (None, "", [], {}):
                yield f"The request was missing the required field '{place}.{name}'."


def _has_type(kind: str, value: Value) -> bool:
    if isinstance(value, bool):
        return kind in ("boolean", "any")
    return isinstance(value, TYPES.get(kind, object))


def _scalar_faults(schema: Schema, value: Value, place: str) -> Iterator[str]:
    allowed = schema.get("enum")
    if allowed is not None and value not in allowed:
        yield f"Invalid value at '{place}' (one of {', '.join(allowed)}), {_shown(value)}"
    if (pattern := schema.get("pattern")) and not re.search(pattern, str(value)):
        yield f"Invalid value at '{place}' (pattern {pattern}), {_shown(value)}"
    fits = FORMATS.get(schema.get("format", ""))
    if fits is not None and not fits(value):
        yield f"Invalid value at '{place}' ({schema['format']}), {_shown(value)}"


def is_output(schema: Schema) -> bool:
    """Whether only Google sets the field."""
    return bool(schema.get("readOnly")) or schema.get("description", "").startswith("Output only.")


def _is_required(schema: Schema) -> bool:
    described = schema.get("description", "").startswith("Required.")
    annotated = schema.get("annotations", {}).get("required", [])
    return described or any(method.endswith((".insert", ".create")) for method in annotated)


def _shown(value: Value) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _is_time(value: Value) -> bool:
    try:
        return datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


FORMATS: Mapping[str, Callable[[Value], bool]] = {
    "google-duration": lambda value: bool(DURATION.fullmatch(value)),
    "google-datetime": _is_time,
    "date-time": _is_time,
    "byte": lambda value: bool(BASE64.fullmatch(value)),
    "int32": lambda value: -INT32_LIMIT <= value < INT32_LIMIT,
    "uint32": lambda value: 0 <= value < 2 * INT32_LIMIT,
    # JSON has no 64-bit integers, so Google writes them as texts.
    "int64": lambda value: bool(re.fullmatch(r"-?\d+", value)),
    "uint64": lambda value: bool(re.fullmatch(r"\d+", value)),
}
