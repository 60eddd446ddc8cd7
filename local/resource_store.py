"""What the program has declared, as Google's REST resources: one JSON file each, in the world's folder.

The provider writes here; the services that stand in for Google's (ingress, scheduler, eventarc, …) read.
A record's *kind* is the discovery document's collection, dotted (`cloudfunctions.functions`); its *name* is
the full REST name (`projects/P/locations/R/functions/healthz`). `resource` is the body that Google's API
takes; `status` is what realising it gave (ports, revisions, states).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from local.whole_file import PRIVATE_MODE, write_whole
from local.world import World

LONGEST_FILE_NAME = 220
"""Bytes. A file system takes 255, of which some are left for suffixes."""
READABLE = 150
"""How many characters of a longer name are kept before its hash."""


@dataclass(frozen=True)
class Record:
    """One declared resource."""

    kind: str
    name: str
    resource: dict[str, Any]
    status: dict[str, Any] = field(default_factory=dict)


class ResourceStore:
    """The declared resources of one world."""

    def __init__(self, world: World) -> None:
        self.folder: Path = world.state / "resources"

    def _path(self, kind: str, name: str) -> Path:
        quoted = quote(name, safe="")
        if len(quoted) > LONGEST_FILE_NAME:
            quoted = quoted[:READABLE] + hashlib.sha256(name.encode()).hexdigest()
        return self.folder / kind / f"{quoted}.json"

    def put(self, record: Record) -> None:
        """Write a record. A reader never sees half of it."""
        path = self._path(record.kind, record.name)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, json.dumps(asdict(record), indent=1, sort_keys=True), PRIVATE_MODE)

    def get(self, kind: str, name: str) -> Record | None:
        """The record, or None if nothing of that kind and name is declared."""
        try:
            return Record(**json.loads(self._path(kind, name).read_text()))
        except FileNotFoundError:
            return None

    def list(self, kind: str) -> Iterator[Record]:
        """All records of a kind, ordered by name."""
        for path in sorted((self.folder / kind).glob("*.json")):
            try:
                yield Record(**json.loads(path.read_text()))
            except FileNotFoundError:
                continue

    def delete(self, kind: str, name: str) -> None:
        """Remove a record. It is no error if there is none."""
        self._path(kind, name).unlink(missing_ok=True)
