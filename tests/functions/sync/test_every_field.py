"""Every field of the field map is synced for real, in each direction that it has."""

# ruff: noqa: S608 - the statements are the tests' own

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from google.cloud import firestore

from sync.field_map import load_field_map
from sync.order import Order
from sync.service import Sync
from tests.functions.both_halves import JON, Site, ask, stored
from tools.fields import table
from tools.fields.examples import example
from tools.fields.table import Row

GIVEN = {"kennitala", "membership.djangoId"}
ROWS = [row for row in table.read() if row.path not in GIVEN]
BEFORE = {"name": "Jón Jónsson", "date_joined": "2017-05-01T12:00:00Z"}


@pytest.fixture
def sync(real_sync: Sync, site: Site) -> Sync:
    """Both sides agree on a member with required fields only."""
    member = {row.column: held(row, row.default) for row in ROWS} | BEFORE | {"ssn": JON}
    site.server.manage("load_register", stdin=json.dumps(member))
    real_sync.run(Order())
    return real_sync


def test_what_staff_change_is_captured_and_reaches_firestore(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    changed = {row.column: held(row, example(row)) for row in ROWS}
    site.sql(f"BEGIN; {'; '.join(update(changed, name) for name in table.tables(ROWS))}; COMMIT")

    queued = site.sql("SELECT fields_changed FROM membership_membersyncqueue WHERE sync_status = 'pending'")
    assert set(json.loads(queued)) == set(changed)
    sync.run(Order())

    documented = load_field_map().flatten(stored(client, JON))
    assert {row.path: documented[row.path] for row in ROWS} == {row.path: example(row) for row in ROWS}
    assert site.queue("pending") == 0


def test_what_people_change_in_the_portal_reaches_its_column(
    sync: Sync, site: Site, client: firestore.Client
) -> None:
    edited = [row for row in ROWS if row.editor]

    ask(client, JON, {row.path: example(row) for row in edited})
    result = sync.run(Order())

    assert result["status"] == "success"
    assert columns(site, edited) == {row.column: held(row, example(row)) for row in edited}
    assert site.sql("SELECT count(*) FROM sync_conflict") == "0"


def held(row: Row, value: Any) -> Any:
    """What the column holds for a value of a document."""
    return row.choices.index(value) if row.type == "numbered_choice" else value


def update(values: Mapping[str, Any], name: str) -> str:
    """The statement that writes those of the values which belong to a table, for its only member."""
    pairs = (f"{column} = {literal(values[column])}" for column in table.tables(ROWS)[name])
    return f"UPDATE {name} SET {', '.join(pairs)}"


def literal(value: str | int | bool) -> str:
    return f"'{value}'" if isinstance(value, str) else str(value)


def columns(site: Site, rows: Sequence[Row]) -> dict[str, Any]:
    """What the tables hold of their only member."""
    found: dict[str, Any] = {}
    for name, names in table.tables(rows).items():
        found |= json.loads(site.sql(f"SELECT to_json(t) FROM (SELECT {', '.join(names)} FROM {name}) AS t"))
    return found
