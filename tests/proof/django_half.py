"""Django's half: its own merge engine, over the stores in memory that its tests hold to PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from merge_engine import instants
from merge_engine.acknowledgement import Acknowledgement as Landed
from merge_engine.acknowledgement import Failure, settle
from merge_engine.batch import answer, decide_batch, merge_batch
from merge_engine.decision import Presented as ReadMember
from merge_engine.decision import failed, from_columns
from merge_engine.documents import content_hash
from merge_engine.tests.in_memory import Tables, stores_over
from sync.peer import (
    Acknowledgement,
    Claim,
    ClaimedChange,
    HashPage,
    MemberFailure,
    MemberHash,
    Presented,
    Verdict,
)
from tests.proof.stepping import Network

Decided = list[tuple[Any, str | None]]


@dataclass
class DjangoHalf:
    """`sync.peer.DjangoPeer` on Django's code; each call is one transaction, and may be stopped or lost."""

    network: Network
    tables: Any = field(default_factory=Tables)
    held: set[str] = field(default_factory=set)
    """Members whose row a transaction of staff holds."""
    before_apply: Callable[[Sequence[Any]], None] = lambda presented: None
    after_apply: Callable[[Decided, str], None] = lambda decided, read_time: None

    def __post_init__(self) -> None:
        self.stores = stores_over(self.tables)

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        return self.network.call(lambda: _claim(self.stores.outbox.claim(worker, limit, lease_seconds)))

    def pending(self, limit: int) -> Claim:
        return self.network.call(lambda: _claim(self.stores.outbox.pending(limit)))

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        allow_deletions: bool = False,
    ) -> dict[str, Verdict]:
        """Of so few members no deletion is held back."""
        return self.network.call(lambda: self._apply(read_time, documents, dry_run))

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        landed = [
            Landed(item.kennitala, item.operation, item.rev, _instant(item.update_time))
            for item in acknowledgements
        ]
        failed = [Failure(item.kennitala, item.message, item.permanent) for item in failures]
        return self.network.call(lambda: dict(settle(self.stores, landed, failed)))

    def hashes(self, after: str | None, limit: int) -> HashPage:
        return self.network.call(lambda: self._hashes(after or "", limit))

    def _apply(self, read_time: str, documents: Sequence[Presented], dry_run: bool) -> dict[str, Verdict]:
        presented = [_presented(document) for document in documents]
        moment = instants.parse(read_time)
        if dry_run:
            decided: Decided = [(item, None) for item in decide_batch(self.stores, presented, moment, [])]
        else:
            decided = self._merge(presented, moment, read_time)
        told = {
            decision.presented.kennitala: answer(decision, operation, dry_run)
            for decision, operation in decided
        }
        return {kennitala: Verdict.model_validate(_over_the_wire(one)) for kennitala, one in told.items()}

    def _merge(self, presented: Sequence[Any], moment: int, read_time: str) -> Decided:
        free = [member for member in presented if member.kennitala not in self.held]
        self.before_apply(free)
        decided: Decided = merge_batch(self.stores, free, moment, 0)
        self.after_apply(decided, read_time)
        busy = [member for member in presented if member.kennitala in self.held]
        return decided + [(failed(member, "database_busy", "held by staff", False), None) for member in busy]

    def _hashes(self, after: str, limit: int) -> HashPage:
        names = sorted(name for name in self.tables.members if name > after)[:limit]
        rows = self.stores.register.read(names)
        members = [MemberHash(kennitala=name, hash=content_hash(from_columns(rows[name]))) for name in names]
        return HashPage(members=members, next=names[-1] if len(names) == limit else None)


def _claim(rows: Sequence[Any]) -> Claim:
    names = dict.fromkeys(row.ssn for row in rows)
    return Claim(changes=[ClaimedChange(kennitala=name) for name in names], remaining=0)


def _presented(document: Presented) -> Any:
    body = _over_the_wire(document.model_dump())
    time = body["update_time"]
    return ReadMember(body["kennitala"], body["document"], _instant(time), time, body["operation"])


def _instant(text: str | None) -> int | None:
    return None if text is None else int(instants.parse(text))


def _over_the_wire(value: Any) -> Any:
    return json.loads(json.dumps(value))
