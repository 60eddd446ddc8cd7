"""Cutting writes into requests that Firestore takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from google.cloud.firestore_v1.types import Write

MAX_WRITES = 500
"""Writes in one request (https://firebase.google.com/docs/firestore/quotas)."""
MAX_BYTES = 9 * 1024 * 1024
"""Bytes in one request; the limit is 10 MiB, the rest is room for the envelope."""

KeyedWrite = tuple[str, Write]


def split_writes(writes: Iterable[KeyedWrite]) -> Iterator[list[KeyedWrite]]:
    """Batches within both limits, in order; a write that is too large goes alone and is refused alone."""
    batch: list[KeyedWrite] = []
    size = 0
    for key, write in writes:
        length = Write.pb(write).ByteSize()
        if batch and (len(batch) == MAX_WRITES or size + length > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((key, write))
        size += length
    if batch:
        yield batch
