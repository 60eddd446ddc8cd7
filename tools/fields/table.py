"""The field map with its rows typed: what may be said of a field, and what must go together.

The canonical file is Django's (`FIELD_MAP`). What a row means is told in docs/howto/add-a-synced-field.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import permutations
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError, model_validator

ROOT = Path(__file__).resolve().parents[2]
FIELD_MAP = Path("linode/backend/merge_engine/field_map.json")

TEXTS = frozenset({"text", "email", "phone", "kennitala"})
PATTERNED = frozenset({"email", "phone"})
CHOICES = frozenset({"choice", "numbered_choice"})
EDITABLE = frozenset({"text", "email", "phone", "date", "boolean"}) | CHOICES
"""Types that the portal has an input for."""
LONGEST_PHONE = 16
"""Characters: + and 15 digits (E.164)."""
MEMBERS_MODEL = "membership.Comrade"
MEMBERS_MAP = "profile"
"""The map of a document within which members write."""

Column = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
Model = Annotated[str, StringConstraints(pattern=r"^[a-z]+\.[A-Z][a-zA-Z]*$")]
Path_ = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9]*(\.[a-zA-Z][a-zA-Z0-9]*)*$")]
Type = Literal[
    "text",
    "email",
    "phone",
    "kennitala",
    "date",
    "timestamp",
    "boolean",
    "integer",
    "choice",
    "numbered_choice",
]
Word = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][a-zA-Z0-9_]*$")]


class FieldMapError(Exception):
    """A field map that cannot be; says which row and why."""


class Row(BaseModel):
    """One synced field."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: Path_
    model: Model
    column: Column
    type: Type
    required: bool
    policy: Literal["member_wins", "staff_wins", "django_always"]
    max_length: int | None = None
    """In UTF-16 units, as the rules and browsers count."""
    pattern: str | None = None
    """What the whole canonical value matches: an expression that RE2, Python and JavaScript read alike."""
    choices: tuple[Word, ...] = ()
    default: bool | str | None = None
    editor: Literal["member", "office"] | None = None
    group: Word | None = None
    widget: Literal["postalcode"] | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        """The path's parts."""
        return tuple(self.path.split("."))

    @property
    def table(self) -> str:
        """The model's table, by the name that Django gives it."""
        return self.model.replace(".", "_").lower()

    @model_validator(mode="after")
    def _goes_together(self) -> Self:
        if wrong := next(_contradictions(self), None):
            raise ValueError(wrong)
        return self


def read(root: Path = ROOT) -> tuple[Row, ...]:
    """The rows in their order. Raises FieldMapError for a table that cannot be."""
    try:
        rows = TypeAdapter(tuple[Row, ...]).validate_json((root / FIELD_MAP).read_bytes())
    except ValidationError as error:
        first = error.errors()[0]
        place = " ".join(map(str, first["loc"]))
        raise FieldMapError(f"{FIELD_MAP}: row {place}: {first['msg']}") from error
    for one, other in permutations(rows, 2):
        if f"{other.path}.".startswith(f"{one.path}.") or one.column == other.column:
            raise FieldMapError(f"{FIELD_MAP}: {other.path} and {one.path} are in each other's way")
    return rows


def tables(rows: Sequence[Row]) -> dict[str, list[str]]:
    """The synced columns by table, in the map's order."""
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.table, []).append(row.column)
    return found


def _contradictions(row: Row) -> Iterator[str]:
    yield from _of_the_value(row)
    if row.required and row.model != MEMBERS_MODEL:
        yield f"what is `required` is a column of {MEMBERS_MODEL}: no other row is always there"
    if (row.editor is None) != (row.policy == "django_always"):
        yield "`editor` belongs to each policy but `django_always`"
    if (row.editor is None) != (row.group is None):
        yield "`group` belongs to what has an `editor`"
    if row.editor and row.type not in EDITABLE:
        yield f"the portal has no input for the type {row.type}"
    if row.editor == "member" and row.keys[0] != MEMBERS_MAP:
        yield f"members edit only what lies within `{MEMBERS_MAP}`"
    if row.widget and (not row.editor or row.type != "text"):
        yield "`widget` belongs to a text that has an `editor`"


def _of_the_value(row: Row) -> Iterator[str]:
    is_choice = row.type in CHOICES
    if (row.type in TEXTS) != (row.max_length is not None):
        yield "`max_length` belongs to each text, and to nothing else"
    if row.type == "phone" and (row.max_length or 0) < LONGEST_PHONE:
        yield f"the `max_length` of a phone number is at least {LONGEST_PHONE}"
    if (row.type in PATTERNED) != (row.pattern is not None):
        yield "`pattern` belongs to each e-mail address and phone number, and to nothing else"
    if is_choice != bool(row.choices):
        yield "`choices` belong to each choice, and to nothing else"
    if (is_choice or row.type == "boolean") and not row.required:
        yield f"the type {row.type} is always `required`"
    if is_choice and row.default not in row.choices:
        yield "`default` must be one of the choices"
    if row.type == "boolean" and not isinstance(row.default, bool):
        yield "`default` must be true or false"
    if row.default is not None and not is_choice and row.type != "boolean":
        yield "`default` belongs to a boolean or a choice"
