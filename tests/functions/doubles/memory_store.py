"""Firestore in memory, with the interfaces of `sync.stores`: members, queue entries and logs.

Time is a counter, written as RFC 3339; every read and write moves it on. `interrupt` runs once in the middle
of the next write, where somebody else may be faster.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from google.api_core.datetime_helpers import DatetimeWithNanoseconds
from google.protobuf.timestamp_pb2 import Timestamp

from sync.documents import Epoch, MemberWrite, Snapshot, StoredMember, WriteFate, WriteResult
from sync.failures import TransientError
from sync.field_map import load_field_map, nest
from sync.held import Decider, Situation
from sync.stores import QueueEntry
from sync.taking_over import Old, beside, whole
from tools.fields import table

BEGIN = 1_800_000_000
FIELD_MAP = load_field_map()


@dataclass
class Stored:
    """A document and its update time."""

    fields: dict[str, Any]
    update_time: str


@dataclass
class MemoryStore:
    """All collections."""

    members: dict[str, Stored] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Situation] = field(default_factory=list)
    """What was held, each time that a run told of it."""
    writes: list[MemberWrite] = field(default_factory=list)
    reads: int = 0
    """Of members; a look at the epoch alone does not count."""
    refused: set[str] = field(default_factory=set)
    """Members whose document the store will not take."""
    lost_answers: int = 0
    """So many writes land without anybody being told."""
    outages: int = 0
    """So many calls fail."""
    interrupt: Callable[[], None] | None = None
    ticks: int = 0
    carried: Epoch | None = None
    """The epoch."""
    asked_for: int = 0
    """How many entries were ever made; no name comes twice, even if the collection was emptied meanwhile."""

    def now(self) -> str:
        self.ticks += 1
        return self.time_after(0)

    def time_after(self, ticks: int) -> str:
        return Timestamp(seconds=BEGIN + self.ticks + ticks).ToJsonString()

    def edit(self, kennitala: str, /, **changes: Any) -> None:
        """A write by somebody else: `profile__email="…"` stands for the path `profile.email`."""
        stored = self.members.setdefault(kennitala, Stored({}, ""))
        for name, value in changes.items():
            _set(stored.fields, name.split("__"), value)
        stored.update_time = self.now()
        _touch(stored)

    def delete(self, kennitala: str) -> None:
        self.members.pop(kennitala, None)
        self.now()

    def ask(self, kennitala: str, /, **changes: Any) -> str:
        """A member's edit in the portal: document and queue entry in one."""
        self.edit(kennitala, **changes)
        self.asked_for += 1
        entry_id = f"entry-{self.asked_for}"
        paths = frozenset(name.replace("__", ".") for name in changes)
        self.entries[entry_id] = {"kennitala": kennitala, "status": "pending", "paths": paths}
        return entry_id

    def read(self, kennitalas: Sequence[str]) -> Snapshot:
        self._check_outage()
        self.reads += bool(kennitalas)
        members = tuple(self._stored(kennitala) for kennitala in kennitalas)
        return Snapshot(self.now(), members, self.carried)

    def set_epoch(self, epoch: Epoch) -> None:
        if epoch.update_time == (self.carried.update_time if self.carried else ""):
            self.carried = replace(epoch, update_time=self.now())

    def scan(self, after: str = "") -> Iterator[StoredMember]:
        self._check_outage()
        yield from [self._stored(kennitala) for kennitala in sorted(self.members) if kennitala > after]

    def write(self, writes: Sequence[MemberWrite]) -> dict[str, WriteResult]:
        if self.interrupt is not None:
            interrupt, self.interrupt = self.interrupt, None
            interrupt()
        return {write.kennitala: self._write(write) for write in writes}

    def _write(self, write: MemberWrite) -> WriteResult:
        if write.kennitala in self.refused:
            return WriteResult(WriteFate.REFUSED, message="too large")
        stored = self.members.get(write.kennitala)
        olds = {old.kennitala: self.members.get(old.kennitala) for old in write.takes_over}
        times = {old.kennitala: old.update_time for old in write.takes_over}
        if (stored.update_time if stored else None) != write.update_time:
            return WriteResult(WriteFate.OVERTAKEN)
        if any(old is None or old.update_time != times[name] for name, old in olds.items()):
            return WriteResult(WriteFate.OVERTAKEN)
        self.writes.append(write)
        commit_time = self.now()
        self._put(write, commit_time)
        if self.lost_answers:
            self.lost_answers -= 1
            return WriteResult(WriteFate.UNKNOWN, message="no answer")
        return WriteResult(WriteFate.LANDED, commit_time)

    def _put(self, write: MemberWrite, commit_time: str) -> None:
        olds = [Old(old.kennitala, self.members[old.kennitala].fields) for old in write.takes_over]
        for old in write.takes_over:
            self._remove(old.kennitala)
        if write.document is None or write.whole:
            self.members.pop(write.kennitala, None)
        if write.document is None:
            return
        if olds:
            self._take_over(write, olds)
        changes = FIELD_MAP.stated(write.document) | write.mark
        stored = self.members.setdefault(write.kennitala, Stored({}, ""))
        stored.fields.get("sync", {}).pop("resting", None)
        for path, value in changes.items():
            _set(stored.fields, path.split("."), value)
        stored.update_time = commit_time
        _touch(stored)

    def _remove(self, kennitala: str) -> None:
        del self.members[kennitala]

    def _take_over(self, write: MemberWrite, olds: list[Old]) -> None:
        stored = self.members.setdefault(write.kennitala, Stored({}, ""))
        if stored.fields:
            stored.fields |= beside(FIELD_MAP, stored.fields, olds)
        else:
            stored.fields = whole(FIELD_MAP, write, olds)

    def redirect(self, entry: QueueEntry, kennitala: str) -> None:
        if self.entries.get(entry.id, {}).get("status") == "pending":
            self.entries[entry.id]["kennitala"] = kennitala

    def pending(self) -> Iterator[QueueEntry]:
        self._check_outage()
        yield from [entry for kennitala in self._waiting() for entry in self.pending_of(kennitala)]

    def pending_of(self, kennitala: str) -> list[QueueEntry]:
        return [
            QueueEntry(entry_id, kennitala, "", entry["paths"])
            for entry_id, entry in self.entries.items()
            if entry["status"] == "pending" and entry["kennitala"] == kennitala
        ]

    def settle(self, entries: Sequence[QueueEntry], failures: Mapping[str, str]) -> None:
        for entry in [entry for entry in entries if entry.id in self.entries]:
            failure = failures.get(entry.id)
            self.entries[entry.id] |= (
                {"status": "synced"} if failure is None else {"status": "failed", "error": failure}
            )

    def people(self, after: str = "") -> Iterator[str]:
        yield from sorted(entry["kennitala"] for entry in self.entries.values() if entry["kennitala"] > after)

    def forget(self, kennitala: str) -> None:
        self._check_outage()
        self.entries = {
            name: entry for name, entry in self.entries.items() if entry["kennitala"] != kennitala
        }

    def append(self, document: Mapping[str, Any]) -> str:
        self.logs.append(dict(document))
        return f"log-{len(self.logs)}"

    def note(self, situation: Situation) -> None:
        self.asked.append(situation)

    def decide(self, run_id: str, shown: str, status: str, decider: Decider) -> None:
        raise NotImplementedError("no test in memory decides")

    def waiting(self) -> dict[str, Any] | None:
        return self.asked[-1].as_document() if self.asked else None

    def value(self, kennitala: str, path: str) -> Any:
        return FIELD_MAP.flatten(self.members[kennitala].fields)[path]

    def _waiting(self) -> list[str]:
        pending = [entry["kennitala"] for entry in self.entries.values() if entry["status"] == "pending"]
        return list(dict.fromkeys(pending))

    def _stored(self, kennitala: str) -> StoredMember:
        stored = self.members.get(kennitala)
        if stored is None:
            return StoredMember(kennitala, None)
        return StoredMember(kennitala, copy.deepcopy(stored.fields), stored.update_time)

    def _check_outage(self) -> None:
        if self.outages:
            self.outages -= 1
            raise TransientError("Firestore did not answer")


def _touch(stored: Stored) -> None:
    """Every write says when it was."""
    stored.fields["updatedAt"] = DatetimeWithNanoseconds.from_rfc3339(stored.update_time)


def _set(fields: dict[str, Any], keys: list[str], value: Any) -> None:
    *parents, leaf = keys
    for parent in parents:
        if not isinstance(fields.setdefault(parent, {}), dict):
            fields[parent] = {}  # Firestore does the same.
        fields = fields[parent]
    fields[leaf] = value


def document(kennitala: str, /, **changes: Any) -> dict[str, Any]:
    """A complete member's document."""
    values: dict[str, Any] = {
        "kennitala": kennitala,
        "name": "Jón Jónsson",
        "profile.email": "jon@example.is",
        "profile.phone": "5551234",
        "profile.birthday": "1970-01-01",
        "profile.gender": "male",
        "profile.housingSituation": "owner",
        "profile.reachable": True,
        "profile.groupable": True,
        "profile.address.street": "Dæmigata 1",
        "profile.address.postalcode": "101",
        "profile.address.city": "Reykjavík",
        "membership.status": "active",
        "membership.joined": "2019-01-06T16:43:47Z",
        "membership.djangoId": int(kennitala) % 100000,
    }
    given = {name.replace("__", "."): value for name, value in changes.items()}
    return nest({row.path: row.default for row in table.read()} | values | given)
