"""Every query of the code has an index. The emulator answers without one, but Google refuses."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from tools.program_run import ROOT


@dataclass(frozen=True)
class Query:
    """A query that orders: the fields that must be equal, and those by which it orders.

    `names`: the file that has the names, if it is not the file that asks.
    """

    source: str
    collection: str
    equal: frozenset[str]
    order: str
    descending: bool = False
    names: str = ""

    @property
    def needs_composite_index(self) -> bool:
        """Google indexes single fields itself and merges those indexes for a query of equalities alone."""
        return bool(self.equal) and self.order != "__name__"


PENDING = frozenset({"target", "status"})
CALLS = "functions/sync/firestore_calls.py"
RECORDS = "functions/sync/personal_records.py"
QUERIES = [
    Query("functions/sync/queue_entries.py", "sync_queue", PENDING, "createdAt"),
    Query(RECORDS, "sync_queue", frozenset(), "kennitala"),
    Query(RECORDS, "logins", frozenset(), "kennitala"),
    Query(RECORDS, "role_changes", frozenset(), "kennitala"),
    Query(RECORDS, "role_changes", frozenset(), "by"),
    Query("functions/members/moved_rights.py", "members", frozenset(), "movedFrom"),
    Query(CALLS, "members", frozenset(), "__name__", names="functions/sync/firestore_writer.py"),
    Query("portal/public/js/stores/event_store.js", "events", frozenset(), "endsAt"),
    Query("portal/public/js/stores/sync_store.js", "sync_queue", PENDING, "createdAt"),
    Query("portal/public/js/stores/role_store.js", "role_changes", frozenset(), "at", descending=True),
    Query("portal/public/js/stores/sync_store.js", "sync_logs", frozenset(), "started_at", descending=True),
]
DEFINITIONS = json.loads((ROOT / "infra" / "firestore.indexes.json").read_text())["indexes"]
ORDERING = re.compile(r"\b(?:orderBy|order_by)\(|\"order_by\":")


def answers(definition: dict[str, object], query: Query) -> bool:
    """Whether an index has first the equal fields in any order, then the ordering one."""
    fields = definition["fields"]
    assert isinstance(fields, list)
    first, last = fields[: len(query.equal)], fields[len(query.equal) :]
    direction = "DESCENDING" if query.descending else "ASCENDING"
    return (
        definition["collectionGroup"] == query.collection
        and {field["fieldPath"] for field in first} == query.equal
        and [field["fieldPath"] for field in last] == [query.order]
        and {field["order"] for field in last} == {direction}
    )


def sources() -> list[Path]:
    """Every file that may query Firestore."""
    functions = (ROOT / "functions").rglob("*.py")
    portal = (ROOT / "portal" / "public").rglob("*.js")
    return [*functions, *portal]


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.collection} by {query.order}")
def test_every_query_has_its_index(query: Query) -> None:
    if query.needs_composite_index:
        assert any(answers(definition, query) for definition in DEFINITIONS)


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: f"{query.source} by {query.order}")
def test_the_table_of_queries_is_what_the_code_asks(query: Query) -> None:
    text = "".join((ROOT / file).read_text() for file in {query.source, query.names or query.source})
    for field in (query.collection, *query.equal, query.order):
        assert f'"{field}"' in text or field.upper() in text, field


def test_every_index_serves_a_query() -> None:
    for definition in DEFINITIONS:
        assert any(answers(definition, query) for query in QUERIES), definition


def test_no_query_that_orders_is_missing_from_the_table() -> None:
    asking = {path.relative_to(ROOT).as_posix() for path in sources() if ORDERING.search(path.read_text())}
    assert asking == {query.source for query in QUERIES}
