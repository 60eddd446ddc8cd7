"""Where the members of a run come from, in batches."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

from .peer import DjangoPeer
from .stores import EntryStore, QueueEntry

Item = TypeVar("Item")


@dataclass(frozen=True)
class Batch:
    """Members to reconcile together, and the queue entries that asked for it."""

    kennitalas: tuple[str, ...]
    entries: tuple[QueueEntry, ...] = ()
    claimed: int = 0
    """How many of them Django announced."""


def chunks(items: Iterable[Item], size: int) -> Iterator[list[Item]]:
    """The items, so many at a time."""
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk


def named(kennitalas: Iterable[str], queue: EntryStore, size: int) -> Iterator[Batch]:
    """These members, with their pending entries."""
    for chunk in chunks(dict.fromkeys(kennitalas), size):
        entries = [entry for kennitala in chunk for entry in queue.pending_of(kennitala)]
        yield Batch(tuple(chunk), tuple(entries))


def announced_in_firestore(queue: EntryStore, size: int) -> Iterator[Batch]:
    """Members with pending entries in `/sync_queue`."""
    for entries in chunks(queue.pending(), size):
        yield Batch(tuple(dict.fromkeys(entry.kennitala for entry in entries)), tuple(entries))


def announced_in_django(peer: DjangoPeer, worker: str, size: int, lease_seconds: int) -> Iterator[Batch]:
    """Members that Django has marked dirty, claimed batch by batch until none is left that is new."""
    seen: set[str] = set()
    remaining = 1
    while remaining:
        claim = peer.claim(worker, size, lease_seconds)
        offered = dict.fromkeys(change.kennitala for change in claim.changes)
        fresh = tuple(kennitala for kennitala in offered if kennitala not in seen)
        if not fresh:
            return
        seen.update(fresh)
        remaining = claim.remaining
        yield Batch(fresh, claimed=len(fresh))


def pending_in_django(peer: DjangoPeer, limit: int) -> Iterator[Batch]:
    """The same without claiming, for a dry run."""
    offered = dict.fromkeys(change.kennitala for change in peer.pending(limit).changes)
    if offered:
        yield Batch(tuple(offered), claimed=len(offered))
