"""The table of synced fields (`field_map.json`): where each lives in a document, and who may change it.

`make fields` copies the file from Django's half. This half uses what is said of the value and of who may
edit it; model, column and conversions are Django's.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

MEMBER_WINS = "member_wins"
STAFF_WINS = "staff_wins"
DJANGO_ALWAYS = "django_always"

MAX_DOCUMENT_BYTES = 16 * 1024
"""Of a member's synced fields as JSON, whatever the document holds; keeps a request of 500 in bounds."""
LONGEST_WORD = 100
"""Characters of a text where a day, a choice or a number belongs; any longer one is none."""
UNREADABLE = "unreadable"
"""The key of the map that is sent in place of a value which cannot be; its value says why."""


class InvalidDocumentError(ValueError):
    """A document that no sync can understand; the message names the field, not its value."""


@dataclass(frozen=True)
class SyncedField:
    """A field that both sides hold."""

    path: str
    type: str
    policy: str
    max_length: int | None = None
    """In UTF-16 units."""
    pattern: str | None = None
    """What the whole value matches."""
    required: bool = False
    """Whether Django cannot do without a value."""
    choices: tuple[str, ...] = ()
    """All that it may be, where that is one of a few names."""
    editor: str | None = None
    """Who edits it in the portal: `member` by themselves, `office` by the function alone; None: nobody."""

    @property
    def keys(self) -> tuple[str, ...]:
        """The path's parts."""
        return tuple(self.path.split("."))


class FieldMap:
    """All synced fields."""

    def __init__(self, fields: Iterable[SyncedField], content_hash: str = "") -> None:
        """`content_hash`: of the whole table, which says more of a field than this half uses."""
        self.fields = tuple(fields)
        self.content_hash = content_hash
        self.paths = tuple(field.path for field in self.fields)
        self.roots = tuple(dict.fromkeys(field.keys[0] for field in self.fields))
        self._maps: dict[tuple[str, ...], set[str]] = {}
        for field in self.fields:
            for depth in range(1, len(field.keys)):
                self._maps.setdefault(field.keys[:depth], set()).add(field.keys[depth])

    def field(self, path: str) -> SyncedField | None:
        """The field of a path, or None where that path is not synced."""
        return next((field for field in self.fields if field.path == path), None)

    def flatten(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Values by path, None where absent. Raises InvalidDocumentError where a map is something else."""
        return {field.path: _value_at(document, field.keys) for field in self.fields}

    def stated(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Values by path of those fields that the document states at all, be it as null."""
        return {path: value for path, value in self.flatten(document).items() if _states(document, path)}

    def unknown(self, document: Mapping[str, Any]) -> list[str]:
        """The paths inside the synced maps that are no field: what somebody wrote there is never synced.

        What stands beside those maps (`roles`, `verified`) belongs to others.
        """
        found = []
        for parents, names in self._maps.items():
            place: Any = document
            for key in parents:
                place = place.get(key) if isinstance(place, Mapping) else None
            if isinstance(place, Mapping) and not place.keys() <= names:
                found += [".".join([*parents, name]) for name in sorted(place.keys() - names)]
        return found

    def extract(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """The synced fields, nested, as JSON can carry them, and never more than MAX_DOCUMENT_BYTES.

        In place of a value that cannot be sent, a map says why: every other field of the member goes on.
        """
        return nest({field.path: _sendable(document, field) for field in self.fields})

    def hash(self, document: Mapping[str, Any], paths: Collection[str] | None = None) -> str:
        """The hash that the nightly comparison compares: SHA-256 of the canonical JSON of path → value.

        `paths`: only these fields, which Django hashes too.
        """
        values = self.flatten(document)
        chosen = values if paths is None else {path: values[path] for path in values if path in paths}
        return hashlib.sha256(canonical_json(chosen)).hexdigest()


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """Dotted paths to nested maps."""
    nested: dict[str, Any] = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        target = nested
        for parent in parents:
            target = target.setdefault(parent, {})
        target[leaf] = value
    return nested


def canonical_json(value: Mapping[str, Any] | Sequence[Any]) -> bytes:
    """Sorted keys, no spaces, UTF-8, nothing escaped that need not be: the same bytes on both sides."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode()


@cache
def load_field_map() -> FieldMap:
    """The field map that was deployed with this code."""
    return read_field_map(Path(__file__).parent / "field_map.json")


def read_field_map(path: Path) -> FieldMap:
    """The field map of this file."""
    table = json.loads(path.read_text(encoding="utf-8"))
    return FieldMap(map(_field, table), hashlib.sha256(canonical_json(table)).hexdigest())


def _field(row: Mapping[str, Any]) -> SyncedField:
    return SyncedField(
        path=row["path"],
        type=row["type"],
        policy=row["policy"],
        max_length=row.get("max_length"),
        pattern=row.get("pattern"),
        required=row["required"],
        choices=tuple(row.get("choices", ())),
        editor=row.get("editor"),
    )


def _sendable(document: Mapping[str, Any], field: SyncedField) -> Any:
    try:
        value = _value_at(document, field.keys)
        longest = field.max_length or LONGEST_WORD
        if isinstance(value, str) and len(value) > longest:
            raise InvalidDocumentError(f"{field.path} is longer than {longest} characters")
    except InvalidDocumentError as error:
        return {UNREADABLE: str(error)}
    return value


def _states(document: Any, path: str) -> bool:
    for key in path.split("."):
        if not isinstance(document, Mapping) or key not in document:
            return False
        document = document[key]
    return True


def _value_at(document: Mapping[str, Any], keys: tuple[str, ...]) -> Any:
    value: Any = document
    for depth, key in enumerate(keys):
        if value is None:
            return None
        if not isinstance(value, Mapping):
            # Read as absent, a text in the place of the map would delete all that the map holds.
            raise InvalidDocumentError(f"{'.'.join(keys[:depth])} is not a map")
        value = value.get(key)
    _check_scalar(value, ".".join(keys))
    return value


def _check_scalar(value: Any, path: str) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise InvalidDocumentError(f"{path} is not a finite number")
    if value is not None and not isinstance(value, str | bool | int | float):
        raise InvalidDocumentError(f"{path} has the type {type(value).__name__}, which is never synced")
