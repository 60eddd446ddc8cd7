"""The record of what people wrote: a JSON line for each deed, with what its author saw."""

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
class Deed:
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
    """Whether it took effect; one that did not (a lock, somebody faster) left everything as it was."""


class History:
    """Appended to by many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.effective = 0
        """How many deeds took effect."""
        self._lock = threading.Lock()

    def record(self, deed: Deed, *, done: bool) -> None:
        """Keep a deed that has ended."""
        deed.ended, deed.done = time.monotonic(), done
        with self._lock, self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(deed), ensure_ascii=False) + "\n")
            self.effective += done


def read_history(path: Path) -> Iterator[Deed]:
    """The deeds of a file."""
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield Deed(**json.loads(line))
