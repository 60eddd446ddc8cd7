"""A lock on a file, for one holder at a time. It ends with its process, even if that is killed."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def exclusively(lock_file: Path) -> Iterator[None]:
    """Wait for whoever holds the lock, then hold it."""
    lock_file.parent.mkdir(parents=True, exist_ok=True)
    with lock_file.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
