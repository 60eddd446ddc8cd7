"""Reads a request's JSON as Google does: what is null or only Google's to set is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from local.google.frame.discovery import Rules, SchemaName, document, faults, is_output
from local.services.google_errors import GoogleError

Body = dict[str, Any]
BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
NUMBERS = {"integer": int, "number": float}
NONE_IF_EMPTY = frozenset({"GoogleFirestoreAdminV1CmekConfig"})
"""Messages that count as absent if nothing is in them: `gcloud firestore databases create` sends one."""


def accepted(name: SchemaName, sent: Body, *, whole: bool) -> Body:
    """The body without what Google ignores. Raises GoogleError 400 that names what Google refuses."""
    schemas = document(name.document)["schemas"]
    body: Body = _read(schemas, schemas[name.schema], sent)
    found = list(faults(name, body, name.schema[0].lower() + name.schema[1:], Rules(is_whole=whole)))
    if found:
        violations = [{"description": fault} for fault in found]
        detail = {"@type": BAD_REQUEST, "fieldViolations": violations}
        raise GoogleError(400, "\n".join(found), "", detail)
    return body


def _read(schemas: Mapping[str, Any], schema: Mapping[str, Any], value: Any) -> Any:
    """The value in the schema's form. Protobuf's JSON also takes numbers as texts, and enums by number."""
    schema = schemas[schema["$ref"]] if "$ref" in schema else schema
    if isinstance(value, dict) and schema.get("type") == "object":
        return _read_object(schemas, schema, value)
    if isinstance(value, list) and "items" in schema:
        return [_read(schemas, schema["items"], part) for part in value]
    return _read_scalar(schema, value)


def _read_object(schemas: Mapping[str, Any], schema: Mapping[str, Any], value: Body) -> Body:
    fields = schema.get("properties", {})
    body = {}
    for name, part in value.items():
        inner = fields.get(name) or schema.get("additionalProperties") or {}
        is_absent = part is None or (part == {} and inner.get("$ref") in NONE_IF_EMPTY)
        if not is_absent and not is_output(inner):
            body[name] = _read(schemas, inner, part)
    return body


def _read_scalar(schema: Mapping[str, Any], value: Any) -> Any:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and "enum" in schema and 0 <= value < len(schema["enum"]):
        return schema["enum"][value]
    if isinstance(value, int) and schema.get("type") == "string" and "int64" in schema.get("format", ""):
        return str(value)
    if isinstance(value, str) and schema.get("type") in NUMBERS:
        try:
            return NUMBERS[schema["type"]](value)
        except ValueError:
            return value
    return value
