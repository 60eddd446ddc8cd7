"""The collection `/sync_queue`: what members asked for, and when the other side had it.

An entry is written in one batch with its member's document. It says that the document changed, and records
what was asked for. A composite index serves `pending`: target, status, createdAt.

A settled entry gets an `expiresAt`, at which Firestore's TTL policy removes it. A pending one has none: it
stays until the register has it, however long that takes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from .backoff import NO_RETRY, Backoff
from .failures import translated
from .firestore_calls import FirestoreCalls
from .stores import QueueEntry
from .write_requests import KeyedWrite, RawWrite, split_writes, update

Stored = firestore.DocumentSnapshot[Any]
SYNC_QUEUE = "sync_queue"
PENDING, SYNCED, FAILED = "pending", "synced", "failed"
PAGE = 500
SECONDS = 30.0
KEPT_FOR = timedelta(days=400)


@dataclass(frozen=True)
class FirestoreQueue:
    """The entries for Django."""

    client: firestore.Client
    backoff: Backoff = field(default_factory=Backoff)
    kept_for: timedelta = KEPT_FOR
    """How long a settled entry stays, as the record of who asked for what."""

    def pending(self) -> Iterator[QueueEntry]:
        """Entries not settled yet, oldest first."""
        query = (
            self._collection.where(filter=FieldFilter("target", "==", "django"))
            .where(filter=FieldFilter("status", "==", PENDING))
            .order_by("createdAt")
        )
        page = self._read(query.limit(PAGE))
        while page:
            yield from map(_entry, page)
            page = self._read(query.start_after(page[-1]).limit(PAGE)) if len(page) == PAGE else []

    def pending_of(self, kennitala: str) -> list[QueueEntry]:
        """One member's entries not settled yet (single-field indexes are enough for this one)."""
        query = self._collection.where(filter=FieldFilter("kennitala", "==", kennitala)).where(
            filter=FieldFilter("status", "==", PENDING)
        )
        return [_entry(snapshot) for snapshot in self._read(query.limit(PAGE))]

    def settle(self, entries: Sequence[QueueEntry], failures: Mapping[str, str]) -> None:
        """Mark entries. An entry that another worker settled meanwhile stays as it is."""
        writes = [(entry.id, self._mark(entry, failures.get(entry.id))) for entry in entries]
        for batch in split_writes(writes):
            self.backoff.call(lambda batch=batch: self._send(batch))  # type: ignore[misc]

    def redirect(self, entry: QueueEntry, kennitala: str) -> None:
        """Let the entry be about this number, and stay pending."""
        write = update(
            FirestoreCalls(self.client).name(SYNC_QUEUE, entry.id),
            {"kennitala": kennitala},
            paths=["kennitala"],
            touched="redirectedAt",
            update_time=entry.update_time,
        )
        self.backoff.call(lambda: self._send([(entry.id, write)]))

    def _send(self, batch: Sequence[KeyedWrite]) -> None:
        # If a single write fails, its entry stays pending and the next run settles it.
        translated(lambda: FirestoreCalls(self.client).batch_write([write for _, write in batch]))

    def _mark(self, entry: QueueEntry, failure: str | None) -> RawWrite:
        outcome = {"status": SYNCED} if failure is None else {"status": FAILED, "error": failure}
        fields = outcome | {"expiresAt": datetime.now(UTC) + self.kept_for}
        return update(
            FirestoreCalls(self.client).name(SYNC_QUEUE, entry.id),
            fields,
            paths=fields,
            touched="syncedAt" if failure is None else "failedAt",
            update_time=entry.update_time,
        )

    def _read(self, query: firestore.Query) -> list[Stored]:
        return self.backoff.call(
            lambda: translated(lambda: list(query.stream(timeout=SECONDS, retry=NO_RETRY)))
        )

    @property
    def _collection(self) -> firestore.CollectionReference:
        return self.client.collection(SYNC_QUEUE)


def _entry(snapshot: Stored) -> QueueEntry:
    fields = snapshot.to_dict() or {}
    changes = fields.get("changes")
    return QueueEntry(
        id=snapshot.id,
        kennitala=str(fields.get("kennitala")),
        update_time=snapshot.update_time.rfc3339(),
        paths=frozenset(changes) if isinstance(changes, Mapping) else frozenset(),
    )
