"""The part of `infra/firestore.rules` that says which fields members edit, and what each may become."""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.fields.table import MEMBERS_MAP, Row

RULES = Path("infra/firestore.rules")
BEGIN = "    // Written by `make fields` from the field map, up to the end mark: what members edit.\n"
END = "    // The end of what `make fields` writes.\n"
WIDTH = 110
IS_DAY = """
    function isDay(value) {
      return value == null
        || value is string && value.matches('[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])')
          && timestamp.date(int(value[0:4]), int(value[5:7]), int(value[8:10])).day() == int(value[8:10])
          && timestamp.date(int(value[0:4]), int(value[5:7]), int(value[8:10])) <= request.time;
    }
"""


class MarksMissingError(Exception):
    """The rules have no place for the written part."""


def rules(rows: Sequence[Row], text: str) -> str:
    """The file's new text. Raises MarksMissingError."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        raise MarksMissingError(f"{RULES} lacks a line {(END if begin else BEGIN).strip()!r}")
    return f"{before}{BEGIN}\n{_functions([row for row in rows if row.editor == 'member'])}\n{END}{after}"


def _functions(rows: Sequence[Row]) -> str:
    maps = "\n".join(_map_function(prefix, rows) for prefix in _maps(rows))
    day = IS_DAY if any(row.type == "date" for row in rows) else ""
    return f"{maps}\n{_values_function(rows)}\n{_changes_function(rows)}{_pattern_functions(rows)}{day}"


def _maps(rows: Sequence[Row]) -> list[tuple[str, ...]]:
    """The maps that hold what members edit, each before those within it."""
    found = {row.keys[:depth]: None for row in rows for depth in range(1, len(row.keys))}
    return sorted(found, key=len)


def _map_function(place: tuple[str, ...], rows: Sequence[Row]) -> str:
    """What one map may become: a map or null; only these keys change, and each as the queue entry says."""
    depth = len(place)
    within = [row for row in rows if row.keys[:depth] == place]
    keys = list(dict.fromkeys(row.keys[depth] for row in within))
    # That the outermost one is a map is for whoever calls.
    checks = ["(after == before || after == null || after is map)"] if depth > 1 else []
    checks.append(f"mapOrEmpty(after).diff(mapOrEmpty(before)).affectedKeys().hasOnly({_list(keys)})")
    leaves = {row.keys[depth]: row.path for row in within if len(row.keys) == depth + 1}
    for key in keys:
        checks.append(
            f"becomes(before, after, '{key}', changes, '{leaves[key]}')"
            if key in leaves
            else f"{_name((*place, key))}(mapOrEmpty(before).get('{key}', null), "
            f"mapOrEmpty(after).get('{key}', null), changes)"
        )
    return _function(f"{_name(place)}(before, after, changes)", checks)


def _name(place: tuple[str, ...]) -> str:
    words = place[1:] or (MEMBERS_MAP,)
    return f"is{''.join(word[0].upper() + word[1:] for word in words)}After"


def _values_function(rows: Sequence[Row]) -> str:
    """What a profile holds, by path. (A comparison of each field by itself costs too many expressions.)"""
    lets = [
        f"let {place[-1]} = mapOrEmpty({place[-2]}.get('{place[-1]}', null));" for place in _maps(rows)[1:]
    ]
    entries = [f"  '{row.path}': {row.keys[-2]}.get('{row.keys[-1]}', null)," for row in rows]
    body = [*lets, "return {", *entries[:-1], entries[-1].rstrip(","), "};"]
    lines = "".join(f"      {line}\n" for line in body)
    return f"    function contactValues({MEMBERS_MAP}) {{\n{lines}    }}\n"


def _changes_function(rows: Sequence[Row]) -> str:
    checks = [f"changes.keys().hasOnly({_list([row.path for row in rows])})", "changes.size() > 0"]
    checks += [check for row in rows for check in _checks(row)]
    return _function("areContactChanges(changes)", checks)


def _checks(row: Row) -> Iterator[str]:
    """What a value must be; a field that does not change is taken to become what is fine."""
    if row.choices:
        yield f"changes.get('{row.path}', '{row.default}') in {_list(row.choices)}"
    elif row.type == "boolean":
        yield f"changes.get('{row.path}', true) is bool"
    else:
        value = f"changes.get('{row.path}', null)"
        if row.required:
            yield f"changes.get('{row.path}', '') != null"
        yield {
            "text": f"isText({value}, {row.max_length})",
            "email": f"{_name_of_pattern(row)}({value})",
            "phone": f"{_name_of_pattern(row)}({value})",
            "date": f"isDay({value})",
        }[row.type]


def _pattern_functions(rows: Sequence[Row]) -> str:
    """One for each field that has a pattern of its own, so that the pattern is written once."""
    return "".join("\n" + _pattern_function(row) for row in rows if row.pattern)


def _pattern_function(row: Row) -> str:
    literal = json.dumps(row.pattern)
    return (
        f"    function {_name_of_pattern(row)}(value) {{\n"
        f"      return value == null || value is string && value.size() <= {row.max_length}\n"
        f"        && value.matches({literal});\n"
        "    }\n"
    )


def _name_of_pattern(row: Row) -> str:
    return f"is{row.keys[-1][0].upper()}{row.keys[-1][1:]}"


def _function(signature: str, checks: Sequence[str]) -> str:
    lines = [
        f"    function {signature} {{",
        f"      return {checks[0]}",
        *(f"        && {check}" for check in checks[1:]),
    ]
    return "\n".join(line for long in lines for line in _wrapped(long)) + ";\n    }\n"


def _wrapped(line: str) -> list[str]:
    """A line, or where it is too long its list on lines of its own."""
    found = re.fullmatch(r"( *)(.*\[)([^\[\]]*)(\].*)", line)
    if len(line) <= WIDTH or not found:
        return [line]
    indent, head, items, tail = found.groups()
    inner = " " * (len(indent) + 4)
    body = textwrap.wrap(items, WIDTH, initial_indent=inner, subsequent_indent=inner)
    return [f"{indent}{head}", *body[:-1], f"{body[-1]}{tail}"]


def _list(names: Sequence[str]) -> str:
    quoted = ", ".join(f"'{name}'" for name in names)
    return f"[{quoted}]"
