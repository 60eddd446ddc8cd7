"""Django's half for the proof: its calls can be stopped or lost, and its rows be held by staff."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from merge_engine.verdict import failed
from merge_engine.word import Word as HostsWord
from sync.documents import Epoch
from sync.options import NOTHING_SAID, Word
from sync.peer import Acknowledgement, Claim, HashPage, MemberFailure, Presented, Verdict
from tests.functions.doubles.merging_peer import MergingPeer, Verdicts
from tests.proof.stepping import Network


@dataclass
class DjangoHalf(MergingPeer):
    """Each call is one call on the network."""

    network: Network = field(default_factory=Network)
    locked: set[str] = field(default_factory=set)
    """Members whose row a transaction of staff holds."""
    before_apply: Callable[[Sequence[Any]], None] = lambda presented: None
    after_apply: Callable[[Verdicts, str], None] = lambda verdicts, read_time: None

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        return self.network.call(lambda: super(DjangoHalf, self).claim(worker, limit, lease_seconds))

    def pending(self, limit: int) -> Claim:
        return self.network.call(lambda: super(DjangoHalf, self).pending(limit))

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        carried: Epoch | None = None,
        word: Word = NOTHING_SAID,
    ) -> dict[str, Verdict]:
        """Of so few members no deletion is held."""

        def call() -> dict[str, Verdict]:
            return super(DjangoHalf, self).apply(
                read_time, documents, dry_run=dry_run, carried=carried, word=word
            )

        return self.network.call(call)

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        return self.network.call(lambda: super(DjangoHalf, self).mark_synced(acknowledgements, failures))

    def hashes(self, after: str | None, limit: int) -> HashPage:
        return self.network.call(lambda: super(DjangoHalf, self).hashes(after, limit))

    def merge(self, presented: Sequence[Any], read_time: str, said: HostsWord) -> Verdicts:
        free = [member for member in presented if member.kennitala not in self.locked]
        self.before_apply(free)
        verdicts = super().merge(free, read_time, said)
        self.after_apply(verdicts, read_time)
        busy = [member for member in presented if member.kennitala in self.locked]
        return verdicts + [(failed(member, "database_busy", "held by staff", False), None) for member in busy]
