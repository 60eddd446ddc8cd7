"""`synced_fields.js`: what the portal's forms show, and how long and of what kind it may be."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.fields.table import CHOICES, Row

MODULE = Path("portal/public/js/synced_fields.js")
STATUS = "membership.status"
WIDTH = 110
HEAD = """\
/** The fields that people edit in the portal, in the order of its forms. `make fields` writes this file. */

/** @type {readonly import("./contact_fields.js").ContactField[]} */
export const SYNCED_FIELDS = [
"""


def module(rows: Sequence[Row]) -> str:
    """The module's text, formatted as prettier would."""
    fields = "".join(f"  {{\n{_properties(row)}  }},\n" for row in rows if row.editor)
    statuses = next(row.choices for row in rows if row.path == STATUS)
    return f"{HEAD}{fields}];\n\nexport const STATUSES = /** @type {{const}} */ ({_list(statuses)});\n"


def _properties(row: Row) -> str:
    return "".join(f"    {name}:{_beside_or_below(name, value)},\n" for name, value in _facts(row))


def _facts(row: Row) -> Iterator[tuple[str, str]]:
    yield "path", json.dumps(row.path)
    yield "editor", json.dumps(row.editor)
    yield "group", json.dumps(row.group)
    yield "type", json.dumps(row.widget or ("choice" if row.type in CHOICES else row.type))
    if row.max_length:
        yield "longest", str(row.max_length)
    if row.pattern:
        yield "pattern", json.dumps(row.pattern)
    if row.choices:
        yield "choices", _choices(row.choices)
        yield "fallback", json.dumps(row.default)
    elif row.required and row.type != "boolean":
        yield "required", "true"


def _beside_or_below(name: str, value: str) -> str:
    """The value with the space before it: a long text goes to a line of its own."""
    fits = len(f"    {name}: {value},") <= WIDTH or not value.startswith('"')
    return f" {value}" if fits else f"\n      {value}"


def _choices(names: Sequence[str]) -> str:
    line = _list(names)
    if len(f"    choices: {line},") <= WIDTH:
        return line
    return "[\n" + "".join(f"      {json.dumps(name)},\n" for name in names) + "    ]"


def _list(names: Sequence[str]) -> str:
    return f"[{', '.join(map(json.dumps, names))}]"
