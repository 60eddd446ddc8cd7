"""A value of each type as it stands in a document: for vectors that have every field."""

from __future__ import annotations

from tools.fields.table import Row

BY_TYPE: dict[str, str | bool | int] = {
    "text": "Þórdís Ðæmi",
    "email": "jon@example.is",
    "phone": "5551234",
    "kennitala": "0101701234",
    "date": "1970-01-31",
    "timestamp": "2019-01-06T16:43:47Z",
    "integer": 12345,
}


def example(row: Row) -> str | bool | int:
    """A value that is not the default; of texts, one that is not too long."""
    if isinstance(row.default, bool):
        return not row.default
    if row.choices:
        return next(choice for choice in reversed(row.choices) if choice != row.default)
    value = BY_TYPE[row.type]
    return value[: row.max_length] if row.type == "text" and isinstance(value, str) else value
