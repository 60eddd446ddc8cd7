"""Keeps the events that are not delivered yet in a file, so that a restart loses none.

One SQLite file per world, used by the one process that delivers. An event leaves it when it is delivered or
given up; until then it has a time when it is *due*.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

SCHEMA = """
create table if not exists events (
    id integer primary key,
    trigger text not null,
    headers text not null,
    body blob not null,
    received real not null,
    due real not null,
    attempts integer not null default 0
);
create index if not exists events_due on events (due);
create table if not exists accepted (events integer not null);
insert into accepted select 0 where not exists (select 1 from accepted);
create trigger if not exists events_accepted after insert on events
    begin update accepted set events = events + 1; end;
"""


@dataclass(frozen=True)
class QueuedEvent:
    """One event for one trigger. Times are seconds since the epoch; `attempts` counts failed deliveries."""

    id: int
    trigger: str
    headers: dict[str, str]
    body: bytes
    received: float
    due: float
    attempts: int


class EventQueue:
    """The queue in the file with that path."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None)
        # With a write-ahead log, a commit survives the end of the process without an fsync.
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.executescript(SCHEMA)

    def add(self, trigger: str, headers: dict[str, str], body: bytes, now: float) -> None:
        """Add an event that is due at once."""
        self._database.execute(
            "insert into events (trigger, headers, body, received, due) values (?, ?, ?, ?, ?)",
            (trigger, json.dumps(headers), body, now, now),
        )

    def first(self, limit: int, leaving_out: frozenset[int] = frozenset()) -> list[QueuedEvent]:
        """The events that are due first, without those in `leaving_out`, whose delivery is under way."""
        rows = self._database.execute(
            "select id, trigger, headers, body, received, due, attempts from events order by due, id limit ?",
            (limit + len(leaving_out),),
        )
        found = [
            QueuedEvent(id_, trigger, json.loads(headers), *rest)
            for id_, trigger, headers, *rest in rows
            if id_ not in leaving_out
        ]
        return found[:limit]

    def postpone(self, event: QueuedEvent, due: float) -> None:
        """Count a failed delivery and set the time of the next."""
        self._database.execute(
            "update events set attempts = attempts + 1, due = ? where id = ?", (due, event.id)
        )

    def remove(self, event: QueuedEvent) -> None:
        """Remove an event that was delivered or given up."""
        self._database.execute("delete from events where id = ?", (event.id,))

    @property
    def accepted(self) -> int:
        """The number of events that were ever added."""
        return int(self._database.execute("select events from accepted").fetchone()[0])

    def __len__(self) -> int:
        return int(self._database.execute("select count(*) from events").fetchone()[0])

    def close(self) -> None:
        """Close the file; the events stay in it."""
        self._database.close()
