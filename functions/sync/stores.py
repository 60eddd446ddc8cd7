"""What the sync needs of Firestore's collections. Tests have all of them in memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .documents import Epoch, MemberWrite, Snapshot, StoredMember, WriteResult
from .held import Decider, Situation


class MemberStore(Protocol):
    """The collection `/members`."""

    def read(self, kennitalas: Sequence[str]) -> Snapshot:
        """Read documents as of one moment (or none), and the epoch. Raises TransientError."""

    def set_epoch(self, epoch: Epoch) -> None:
        """Set the epoch, unless another worker did since that `update_time`. Raises TransientError."""

    def write(self, writes: Sequence[MemberWrite]) -> dict[str, WriteResult]:
        """Write many; a result per kennitala, which also says what failed."""

    def scan(self, after: str = "") -> Iterator[StoredMember]:
        """All documents after that kennitala as of one moment, by name. Raises TransientError."""


@dataclass(frozen=True)
class QueueEntry:
    """A pending entry of `/sync_queue`: somebody changed this member's document."""

    id: str
    kennitala: str
    update_time: str
    """Of the entry; it is settled only if it is still as it was read."""
    paths: frozenset[str] = frozenset()
    """The fields that it asks to change."""


class EntryStore(Protocol):
    """The collection `/sync_queue`."""

    def pending(self) -> Iterator[QueueEntry]:
        """Entries for Django not yet settled, oldest first, page by page. Raises TransientError."""

    def pending_of(self, kennitala: str) -> list[QueueEntry]:
        """The pending entries of one member. Raises TransientError."""

    def redirect(self, entry: QueueEntry, kennitala: str) -> None:
        """The member has this number now. An entry that was settled meanwhile stays as it is."""

    def settle(self, entries: Sequence[QueueEntry], failures: Mapping[str, str]) -> None:
        """Mark entries synced, or failed with the reason that `failures` has for their id."""


class RecordStore(Protocol):
    """The collections beside `/members` that name people: entries, log-ins and changes of roles."""

    def people(self, after: str = "") -> Iterator[str]:
        """Everybody behind that kennitala whom one of them names, in order. Raises TransientError."""

    def forget(self, kennitala: str) -> None:
        """Remove one person's entries and log-ins, and mask them in changes of roles. Raises SyncError."""


class HeldStore(Protocol):
    """The collection `/held_runs`."""

    def note(self, situation: Situation) -> None:
        """Ask what is held now, unless it is asked already; end every other question. Raises SyncError."""

    def decide(self, run_id: str, shown: str, status: str, decider: Decider) -> None:
        """Record an answer. Raises NotDecidableError, also for a second answer, and SyncError."""

    def waiting(self) -> dict[str, Any] | None:
        """The question that waits, with its `id`. Raises SyncError."""


class LogStore(Protocol):
    """The collection `/sync_logs`."""

    def append(self, document: Mapping[str, Any]) -> str:
        """Keep the record of a run; answers its id. Raises TransientError."""
