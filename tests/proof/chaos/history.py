"""The record of what people wrote: a JSON line for each operation, with the values that its author saw."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

Values = dict[str, Any]
Kind = Literal["edit", "enter", "delete", "erase"]


@dataclass
class Operation:
    """One thing that a person did, on one side. Times are seconds of one clock; values are by field path."""

    kind: Kind
    side: Literal["django", "firestore"]
    kennitala: str
    values: Values = field(default_factory=dict)
    """What was written."""
    saw: Values = field(default_factory=dict)
    """What was there, in the same transaction."""
    started: float = field(default_factory=time.monotonic)
    ended: float = 0.0
    done: bool = False
    """Whether it took effect. If not (a lock, somebody else was first), it changed nothing."""


class History:
    """Many threads may append to it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.effective = 0
        """How many operations took effect."""
        self._lock = threading.Lock()

    def record(self, operation: Operation, *, done: bool) -> None:
        """Write down an operation that has ended."""
        operation.ended, operation.done = time.monotonic(), done
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(operation), ensure_ascii=False) + "\n")
            self.effective += done


def read_history(path: Path) -> Iterator[Operation]:
    """The operations of a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Operation(**json.loads(line))
