"""The migration that has the capture triggers watch the columns of the field map.

The triggers' first columns are in `capture.sql`. A migration that may have run keeps its text: if the map has
other columns than the newest of them, one more is written.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from tools.fields.table import Row, tables

FIRST = Path("linode/backend/sync/sql/capture.sql")
SYNC = Path("linode/backend/sync/migrations")
MEMBERSHIP = Path("linode/backend/membership/migrations")
NAME = "captured_columns"
MEMBERS_TABLE = "membership_comrade"

Columns = dict[str, list[str]]
"""Watched columns by table."""

CREATED = re.compile(
    r"CREATE TRIGGER sync_capture AFTER INSERT OR UPDATE OR DELETE ON (\w+)\s+"
    r"FOR EACH ROW EXECUTE PROCEDURE sync_capture_\w+\(([^)]*)\)"
)
DROPPED = re.compile(r"DROP TRIGGER sync_capture ON (\w+)$")
MIGRATION = '''\
"""Has the capture triggers {change}. Written by `make fields`."""

from django.db import migrations

FORWARDS = [
{forwards}]
BACKWARDS = [
{backwards}]


class Migration(migrations.Migration):
    """Only triggers: no row and no column changes."""

    dependencies = [
{dependencies}    ]

    operations = [migrations.RunSQL(FORWARDS, BACKWARDS)]
'''


def migration(rows: Sequence[Row], root: Path) -> dict[Path, str]:
    """The migration that is still to be written, by its path; none if the newest has these columns."""
    wanted, before = tables(rows), _watched(root)
    if _columns(wanted) == _columns(before):
        return {}
    number = int(_migrations(root / SYNC)[-1][:4]) + 1
    return {SYNC / f"{number:04}_{NAME}.py": _text(wanted, before, root)}


def _watched(root: Path) -> Columns:
    """The columns that the triggers watch once all migrations there are have run."""
    first = CREATED.findall((root / FIRST).read_text())
    watched = {table: re.findall(r"'(\w+)'", columns) for table, columns in first}
    for name in _migrations(root / SYNC):
        if name.endswith(NAME):
            for statement in _forwards(root / SYNC / f"{name}.py"):
                _follow(watched, statement)
    return watched


def _forwards(path: Path) -> list[str]:
    """The statements of a migration that was written here."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "FORWARDS":
            return [str(statement) for statement in ast.literal_eval(node.value)]
    return []


def _follow(watched: Columns, statement: str) -> None:
    if dropped := DROPPED.match(statement):
        del watched[dropped[1]]
    elif created := CREATED.match(statement):
        watched[created[1]] = re.findall(r"'(\w+)'", created[2])


def _text(wanted: Columns, before: Columns, root: Path) -> str:
    gained, lost = _columns(wanted) - _columns(before), _columns(before) - _columns(wanted)
    dependencies = [("sync", _migrations(root / SYNC)[-1])]
    if gained:
        # A column comes first; one that goes may still be there.
        dependencies.append(("membership", _migrations(root / MEMBERSHIP)[-1]))
    return MIGRATION.format(
        change="; ".join(filter(None, (_names("watch {}", gained), _names("forget {}", lost)))),
        forwards=_lines(_statements(before, wanted)),
        backwards=_lines(_statements(wanted, before)),
        dependencies="".join(f'        ("{app}", "{name}"),\n' for app, name in dependencies),
    )


def _statements(old: Columns, new: Columns) -> Iterator[str]:
    for table in {**old, **new}:
        if set(old.get(table, ())) == set(new.get(table, ())):
            continue
        if table in old:
            yield f"DROP TRIGGER sync_capture ON {table}"
        if table in new:
            function = "sync_capture_member" if table == MEMBERS_TABLE else "sync_capture_detail"
            columns = ", ".join(f"'{column}'" for column in new[table])
            yield (
                f"CREATE TRIGGER sync_capture AFTER INSERT OR UPDATE OR DELETE ON {table} "
                f"FOR EACH ROW EXECUTE PROCEDURE {function}({columns})"
            )


def _names(phrase: str, columns: set[tuple[str, str]]) -> str:
    names = sorted(column for _, column in columns)
    return phrase.format(", ".join(names)) if names else ""


def _lines(statements: Iterator[str]) -> str:
    return "".join(f"    {json.dumps(statement)},\n" for statement in statements)


def _columns(watched: Columns) -> set[tuple[str, str]]:
    return {(table, column) for table, columns in watched.items() for column in columns}


def _migrations(folder: Path) -> list[str]:
    """The names of an application's migrations, in their order."""
    return sorted(path.stem for path in folder.glob("[0-9]*.py"))
