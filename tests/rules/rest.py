"""Firestore's REST API on the emulator, with the rules: what anybody with an HTTP client can send."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from tests.unsigned_token import unsigned_token

Wire = dict[str, Any]
"""A value or a write as Firestore's REST API has it."""
UID = "kenni:someone"
OWNER = {"Authorization": "Bearer owner"}
"""The emulator's administrator, whom no rule binds."""
REFUSED = {400, 403, 404, 409}
"""Statuses of a batch of which nothing was written."""


@dataclass
class Rest:
    """One database of an emulator."""

    address: str
    project: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    @property
    def database(self) -> str:
        return f"projects/{self.project}/databases/(default)"

    def name(self, path: str) -> str:
        """The full name of a document."""
        return f"{self.database}/documents/{path}"

    def commit(self, writes: list[Wire], claims: dict[str, Any] | None) -> bool:
        """Send a batch as somebody (None: as the administrator); whether it was written."""
        headers = OWNER if claims is None else {"Authorization": f"Bearer {_token(claims)}"}
        body = json.dumps({"writes": writes})  # ASCII: halves of characters travel as escapes.
        answer = self.http.post(self._url(":commit"), content=body, headers=headers)
        if answer.status_code != 200 and answer.status_code not in REFUSED:
            raise RuntimeError(f"the emulator answered {answer.status_code}: {answer.text[:300]}")
        return answer.status_code == 200

    def get(self, path: str) -> dict[str, Any] | None:
        """A document as Python values; None if there is none."""
        answer = self.http.get(self._url(f"/{path}"), headers=OWNER)
        return None if answer.status_code == 404 else decoded(answer.raise_for_status().json())

    def look(self, paths: Sequence[str]) -> dict[str, dict[str, Any] | None]:
        """Several documents as they are now, by path."""
        body = {"documents": [self.name(path) for path in paths]}
        answers = self.http.post(self._url(":batchGet"), json=body, headers=OWNER).raise_for_status().json()
        found = {one["found"]["name"]: decoded(one["found"]) for one in answers if "found" in one}
        return {path: found.get(self.name(path)) for path in paths}

    def put(self, path: str, document: dict[str, Any]) -> None:
        """Write a whole document as the administrator."""
        self.commit([{"update": {"name": self.name(path), "fields": encoded_fields(document)}}], None)

    def put_value(self, path: str, field_path: str, value: Any) -> None:
        """Write one field of a document as the administrator."""
        fields = {field_path.rsplit(".", maxsplit=1)[-1]: value}
        for key in reversed(field_path.split(".")[:-1]):
            fields = {key: fields}
        write = {"update": {"name": self.name(path), "fields": encoded_fields(fields)}}
        self.commit([write | {"updateMask": {"fieldPaths": [field_path]}}], None)

    def _url(self, rest: str) -> str:
        return f"http://{self.address}/v1/{self.database}/documents{rest}"


def _token(claims: dict[str, Any]) -> str:
    return unsigned_token({"sub": UID, "user_id": UID, **claims})


def encoded_fields(document: dict[str, Any]) -> Wire:
    """A document's fields."""
    return {name: encoded(value) for name, value in document.items()}


def encoded(value: Any) -> Wire:
    """A value. A `Raw` is one already."""
    if isinstance(value, Raw):
        return value.wire
    kind, convert = KINDS[type(value)]
    return {kind: convert(value)}


KINDS: dict[type, tuple[str, Callable[[Any], Any]]] = {
    type(None): ("nullValue", lambda value: value),
    bool: ("booleanValue", lambda value: value),
    int: ("integerValue", str),
    float: ("doubleValue", lambda value: value),
    str: ("stringValue", lambda value: value),
    dict: ("mapValue", lambda value: {"fields": encoded_fields(value)}),
    list: ("arrayValue", lambda value: {"values": [encoded(item) for item in value]}),
}


@dataclass(frozen=True)
class Raw:
    """A value that Python has no type for: a time, a place, a reference, bytes."""

    wire: Wire


def decoded(document: Wire) -> dict[str, Any]:
    """A document's fields as Python values."""
    return {name: _value(wire) for name, wire in document.get("fields", {}).items()}


def _value(wire: Wire) -> Any:
    ((kind, value),) = wire.items()
    match kind:
        case "nullValue":
            return None
        case "integerValue":
            return int(value)
        case "mapValue":
            return decoded(value)
        case "arrayValue":
            return [_value(item) for item in value.get("values", [])]
        case "booleanValue" | "doubleValue" | "stringValue":
            return value
    return Raw(wire)
