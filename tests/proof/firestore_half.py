"""Firestore in memory, with the events and the interruptible calls that the proof needs."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from google.events.cloud.firestore import Document, DocumentEventData, MapValue, Value

from sync.documents import MemberWrite, Snapshot, StoredMember, WriteFate, WriteResult
from sync.events import MemberEvent
from sync.failures import TransientError
from sync.stores import QueueEntry
from tests.functions.doubles.memory_store import MemoryStore, Stored
from tests.proof.stepping import Network

MEMBERS = "projects/proof/databases/(default)/documents/members/"


@dataclass
class FirestoreHalf(MemoryStore):
    """Each read and write is one call on the network; each change of a document is an event."""

    network: Network = field(default_factory=Network)
    events: list[bytes] = field(default_factory=list)
    """What Eventarc holds: it delivers each until a delivery succeeds."""
    on_read: Callable[[Snapshot], None] = lambda snapshot: None
    on_commit: Callable[[MemberWrite], None] = lambda write: None

    def operation(self, kennitala: str) -> str | None:
        """The mark of the last write of the sync."""
        stored = self.members.get(kennitala)
        return StoredMember(kennitala, stored.fields if stored else None).operation

    def edit(self, kennitala: str, /, **changes: Any) -> None:
        mark = self.operation(kennitala)
        super().edit(kennitala, **changes)
        self._emit(kennitala, mark)

    def delete(self, kennitala: str) -> None:
        mark = self.operation(kennitala)
        super().delete(kennitala)
        self._emit(kennitala, mark)

    def bring_back(self, kennitala: str, fields: dict[str, Any]) -> None:
        """An import writes a document as it was exported: it gets a new update time, and keeps its fields."""
        mark = self.operation(kennitala)
        self.members[kennitala] = Stored(fields, self.now())
        self._emit(kennitala, mark)

    def read(self, kennitalas: Sequence[str]) -> Snapshot:
        return self.network.call(functools.partial(self._read, kennitalas))

    def scan(self, after: str = "") -> Iterator[StoredMember]:
        yield from self.network.call(lambda: list(super(FirestoreHalf, self).scan(after)))

    def write(self, writes: Sequence[MemberWrite]) -> dict[str, WriteResult]:
        try:
            return self.network.call(lambda: super(FirestoreHalf, self).write(writes))
        except TransientError as error:
            return {write.kennitala: WriteResult(WriteFate.UNKNOWN, message=str(error)) for write in writes}

    def pending(self) -> Iterator[QueueEntry]:
        yield from self.network.call(lambda: list(super(FirestoreHalf, self).pending()))

    def settle(self, entries: Sequence[QueueEntry], failures: Mapping[str, str]) -> None:
        self.network.call(lambda: super(FirestoreHalf, self).settle(entries, failures))

    def _read(self, kennitalas: Sequence[str]) -> Snapshot:
        snapshot = super().read(kennitalas)
        self.on_read(snapshot)
        return snapshot

    def _put(self, write: MemberWrite, commit_time: str) -> None:
        mark = self.operation(write.kennitala)
        self.on_commit(write)
        super()._put(write, commit_time)
        self._emit(write.kennitala, mark)

    def _remove(self, kennitala: str) -> None:
        mark = self.operation(kennitala)
        super()._remove(kennitala)
        self._emit(kennitala, mark)

    def redirect(self, entry: QueueEntry, kennitala: str) -> None:
        self.network.call(lambda: super(FirestoreHalf, self).redirect(entry, kennitala))

    def _emit(self, kennitala: str, mark_before: str | None) -> None:
        after = self.members.get(kennitala)
        event = DocumentEventData(old_value=_document(kennitala, mark_before))
        if after is not None:
            event.value = _document(kennitala, self.operation(kennitala))
        self.events.append(bytes(DocumentEventData.serialize(event)))


def _document(kennitala: str, operation: str | None) -> Document:
    document = Document(name=MEMBERS + kennitala)
    if operation is not None:
        mark = MapValue(fields={"operation": Value(string_value=operation)})
        document.fields["sync"] = Value(map_value=mark)
    return document


@functools.lru_cache(maxsize=1000)
def member_of(event: bytes) -> MemberEvent:
    """What the function reads from an event; each is looked at after every step."""
    return MemberEvent.parse(event)
