"""Django's half of the sync without Django: its own merge engine, over the stores in memory.

The engine's tests hold those stores to PostgreSQL. Each call is one transaction, and nothing goes wrong:
its subclasses add the faults.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, dataclass, field
from typing import Any

from merge_engine import instants, pair
from merge_engine.acknowledgement import Acknowledgement as Landed
from merge_engine.acknowledgement import Failure, mark_synced
from merge_engine.after_restore import Restored as HostsRestored
from merge_engine.batch import decide_batch, merge_batch
from merge_engine.deletion_guard import REASON as DELETIONS
from merge_engine.documents import content_hash, from_columns
from merge_engine.epoch import Carried
from merge_engine.epoch import SetBackError as HostsSetBackError
from merge_engine.shared_fields import TOLD, shared
from merge_engine.tests.in_memory import Tables, stores_over
from merge_engine.unfit import reasons
from merge_engine.verdict import Presented as ReadMember
from merge_engine.verdict_json import to_json
from merge_engine.word import Word as HostsWord
from sync.documents import Epoch, Snapshot
from sync.failures import SetBackError
from sync.field_map import FieldMap, load_field_map
from sync.options import NOTHING_SAID, Word
from sync.peer import (
    Acknowledgement,
    Claim,
    ClaimedChange,
    Erasure,
    HashPage,
    HeldMember,
    HeldPage,
    IssuedEpoch,
    MemberFailure,
    MemberHash,
    Presented,
    RememberedPage,
    Round,
    Verdict,
)
from sync.shared_fields import told

Verdicts = list[tuple[Any, str | None]]
"""Verdicts of the merge engine, each with the operation id of the write that it asks for."""


@dataclass
class MergingPeer:
    """`sync.peer.DjangoPeer` on Django's code."""

    tables: Any = field(default_factory=Tables)

    caller: FieldMap = field(default_factory=load_field_map)
    """What the cloud knows, as the header of its calls says."""
    heard: str | None = TOLD
    reached: str = ""
    """How far the present round of the comparison has come."""

    def __post_init__(self) -> None:
        self.stores = stores_over(self.tables)

    @property
    def shared(self) -> Any:
        """What both know."""
        return shared(told(self.caller))

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        claimed = self.stores.outbox.claim(worker, limit, lease_seconds)
        return _claim(claimed, self.stores.outbox.due_count())

    def pending(self, limit: int) -> Claim:
        return _claim(self.stores.outbox.pending(limit), self.stores.outbox.due_count())

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        carried: Epoch | None = None,
        word: Word = NOTHING_SAID,
    ) -> dict[str, Verdict]:
        presented = [_presented(document, self.shared) for document in documents]
        restored = word.restored and HostsRestored(*astuple(word.restored))
        said = HostsWord(dict(word.released), restored)
        if not dry_run and restored is None:
            self._in_step(pair.require, _carried(carried, read_time))
        if dry_run:
            moment = instants.parse(read_time)
            verdicts = decide_batch(self.stores, presented, moment, [], said)
            pairs: Verdicts = [(verdict, None) for verdict in verdicts]
        else:
            pairs = self._in_step(lambda _stores: self.merge(presented, read_time, said))
        answers = {
            verdict.presented.kennitala: to_json(verdict, operation, dry_run) for verdict, operation in pairs
        }
        return {kennitala: Verdict.model_validate(_over_the_wire(one)) for kennitala, one in answers.items()}

    def epoch(self, seen: Snapshot, *, advance: bool) -> IssuedEpoch | None:
        carried = _carried(seen.epoch, seen.read_time)
        known = self._in_step(pair.advance if advance else pair.look, carried)
        return IssuedEpoch(line=known.line, number=known.issued)

    def settle_restore(self, seen: Snapshot) -> IssuedEpoch:
        known = pair.decide(self.stores, _carried(seen.epoch, seen.read_time))
        return IssuedEpoch(line=known.next_line, number=known.issued)

    def _in_step(self, step: Callable[..., Any], *carried: Carried) -> Any:
        """As `sync.in_step` does."""
        try:
            return step(self.stores, *carried)
        except HostsSetBackError as error:
            if step is not pair.look:
                pair.halt(self.stores, error)
            raise SetBackError(str(error)) from error

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        landed = [
            Landed(item.kennitala, item.operation, item.rev, _instant(item.update_time))
            for item in acknowledgements
        ]
        failed = [Failure(item.kennitala, item.message, item.permanent) for item in failures]
        return dict(mark_synced(self.stores, landed, failed))

    def hashes(self, after: str | None, limit: int) -> HashPage:
        names = sorted(name for name in self.tables.members if name > (after or ""))[:limit]
        rows = self.stores.register.read(names)
        both = self.shared
        members = [MemberHash(kennitala=name, hash=_hash(rows[name], both)) for name in names]
        paths = [known.path for known in both.fields]
        return HashPage(members=members, next=names[-1] if len(names) == limit else None, fields=paths)

    def begin_round(self) -> Round:
        return Round(after=self.reached)

    def end_round(self, reached: str | None) -> Round:
        self.reached = reached or ""
        return Round(after=self.reached, left=sum(name > (reached or "~") for name in self.tables.members))

    def held(self, after: str | None, limit: int) -> HeldPage:
        shadows = self.tables.shadows.values()
        held = (it for it in shadows if it.held and it.held["reason"] == DELETIONS and it.ssn > (after or ""))
        rows = sorted(held, key=lambda it: it.ssn)
        members = [HeldMember(kennitala=it.ssn, name="", **it.held) for it in rows[:limit]]
        return HeldPage(members=members, next=members[-1].kennitala if len(members) == limit else None)

    def erasures(self, done: Sequence[Erasure], limit: int) -> list[Erasure]:
        self.stores.erasures.carried_out([(item.kennitala, item.erasure) for item in done])
        return [Erasure(**order) for order in self.stores.erasures.to_carry_out(limit)]

    def remembered(self, after: str | None, limit: int) -> RememberedPage:
        tables = self.tables
        names = {*tables.shadows} | {row.ssn for row in tables.queue} | {it.ssn for it in tables.conflicts}
        page = sorted(name for name in names - {*tables.members} if name > (after or ""))[:limit]
        return RememberedPage(kennitalas=page, next=page[-1] if len(page) == limit else None)

    def merge(self, presented: Sequence[Any], read_time: str, said: HostsWord) -> Verdicts:
        """Merge these members as one batch, and record it."""
        return list(merge_batch(self.stores, presented, instants.parse(read_time), 0, said))


def _carried(epoch: Epoch | None, read_time: str) -> Carried:
    moment = instants.parse(read_time)
    return Carried(epoch.line, epoch.number, moment) if epoch else Carried("", 0, moment)


def _hash(columns: Any, both: Any) -> str:
    values = both.of(from_columns(columns))
    return "unconvertible" if reasons(values) else str(content_hash(values))


def _claim(rows: Sequence[Any], remaining: int) -> Claim:
    names = dict.fromkeys(row.ssn for row in rows)
    return Claim(changes=[ClaimedChange(kennitala=name) for name in names], remaining=remaining)


def _presented(document: Presented, both: Any) -> Any:
    body = _over_the_wire(document.model_dump())
    time = body["update_time"]
    return ReadMember(
        body["kennitala"],
        body["document"],
        _instant(time),
        time,
        body["operation"],
        body["told"],
        _instant(body["edited"]),
        shared=both,
        erasure=body["erasure"],
        listed=body["listed"],
    )


def _instant(text: str | None) -> int | None:
    return None if text is None else int(instants.parse(text))


def _over_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(value))
