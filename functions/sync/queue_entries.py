"""The collection `/sync_queue`: what members asked for, and when the other side had it.

An entry is only a hint that its member's document changed (it is written in the same batch), and the audit of
what was asked. A composite index serves `pending`: target, status, createdAt.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1 import _helpers as codec
from google.cloud.firestore_v1.base_query import FieldFilter
from google.cloud.firestore_v1.types import Document, DocumentMask, DocumentTransform, Precondition, Write
from google.protobuf.timestamp_pb2 import Timestamp

from .backoff import Backoff
from .failures import from_google
from .store import QueueEntry
from .write_batches import split_writes

Stored = firestore.DocumentSnapshot[Any]
SYNC_QUEUE = "sync_queue"
PENDING, SYNCED, FAILED = "pending", "synced", "failed"
PAGE = 500
SECONDS = 30.0

Result = TypeVar("Result")


@dataclass(frozen=True)
class FirestoreQueue:
    """The entries for Django."""

    client: firestore.Client
    backoff: Backoff = field(default_factory=Backoff)

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
        """Mark entries; one that somebody else settled meanwhile stays as it is."""
        writes = [(entry.id, self._mark(entry, failures.get(entry.kennitala))) for entry in entries]
        for batch in split_writes(writes):
            request = {"database": self.client._database_string, "writes": [write for _, write in batch]}
            self.backoff.call(lambda request=request: self._send(request))  # type: ignore[misc]

    def _send(self, request: dict[str, Any]) -> None:
        # A write that fails by itself is left: its entry stays pending, and the next run settles it.
        _translated(
            lambda: self.client._firestore_api.batch_write(
                request, timeout=SECONDS, retry=None, metadata=self.client._rpc_metadata
            )
        )

    def _mark(self, entry: QueueEntry, failure: str | None) -> Write:
        fields = {"status": SYNCED} if failure is None else {"status": FAILED, "error": failure}
        moment = Timestamp()
        moment.FromJsonString(entry.update_time)
        return Write(
            update=Document(
                name=f"{self.client._database_string}/documents/{SYNC_QUEUE}/{entry.id}",
                fields=codec.encode_dict(fields),
            ),
            update_mask=DocumentMask(field_paths=list(fields)),
            update_transforms=[
                DocumentTransform.FieldTransform(
                    field_path="syncedAt" if failure is None else "failedAt",
                    set_to_server_value=DocumentTransform.FieldTransform.ServerValue.REQUEST_TIME,
                )
            ],
            current_document=Precondition(update_time=moment),
        )

    def _read(self, query: firestore.Query) -> list[Stored]:
        return self.backoff.call(lambda: _translated(lambda: list(query.stream(timeout=SECONDS))))

    @property
    def _collection(self) -> firestore.CollectionReference:
        return self.client.collection(SYNC_QUEUE)


def _translated(call: Callable[[], Result]) -> Result:
    try:
        return call()
    except (google_errors.GoogleAPICallError, google_errors.RetryError) as error:
        raise from_google(error) from error


def _entry(snapshot: Stored) -> QueueEntry:
    return QueueEntry(
        id=snapshot.id,
        kennitala=str((snapshot.to_dict() or {}).get("kennitala")),
        update_time=snapshot.update_time.rfc3339(),
    )
