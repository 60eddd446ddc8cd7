"""The one path by which both sides of a member come to agree. Events, nudges and all runs use it.

It has four steps, for many members at once: read the documents as of one moment; have Django merge them;
write what Django decided, on condition that nobody wrote meanwhile; report to Django which writes landed.
After a crash in any step the next run completes the work, because Django keeps the merge base, the intents
and the dirty marks (docs/adr/0002).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from runtime.kennitala import is_kennitala

from .backoff import Backoff
from .documents import MemberWrite, Snapshot, TakenOver, WriteFate, WriteResult
from .erased_keys import ErasedKeys, NobodyErased
from .field_map import FieldMap
from .options import NO_OPTIONS, Options
from .peer import ACKNOWLEDGED, Acknowledgement, DjangoPeer, MemberFailure, Verdict
from .report import Report
from .shared_fields import Shared, shared
from .stores import MemberStore
from .verdicts import NO_KENNITALA, verdicts_on


@dataclass(frozen=True)
class Reconciler:
    """Reconciles one batch of members at a time; safe to use from many threads and processes at once."""

    store: MemberStore
    peer: DjangoPeer
    field_map: FieldMap
    backoff: Backoff = field(default_factory=Backoff)
    rounds: int = 6
    """How often a member is tried while others write to it."""
    erased: ErasedKeys = field(default_factory=NobodyErased)

    def reconcile(self, kennitalas: Iterable[str], options: Options = NO_OPTIONS) -> Report:
        """Make both sides agree on these members. Raises SyncError if none of them could be tried."""
        report = Report()
        remaining = self._possible(kennitalas, report, options)
        for attempt in range(self.rounds):
            if not remaining:
                break
            if attempt:
                report.django_to_firestore.retried += len(remaining)
                self.backoff.pause(attempt)
            remaining = self._round(remaining, report, options)
        overtaken = [_failure(kennitala, "others kept writing to this member") for kennitala in remaining]
        report.fail(report.django_to_firestore, overtaken)
        known = [failure for failure in report.failures if is_kennitala(failure.kennitala)]
        if known and not options.dry_run:
            self.peer.mark_synced([], known)
        return report

    @property
    def shared(self) -> Shared:
        """Which fields both halves know, by Django's last answer."""
        return shared(self.field_map, self.peer.heard)

    def _possible(self, kennitalas: Iterable[str], report: Report, options: Options) -> list[str]:
        """Each kennitala once, without those for which Django would refuse the whole request."""
        unique = dict.fromkeys(kennitalas)
        impossible = {kennitala: NO_KENNITALA for kennitala in unique if not is_kennitala(kennitala)}
        report.count_verdicts(impossible)
        if options.dry_run:
            report.plan_verdicts(impossible)
        return [kennitala for kennitala in unique if is_kennitala(kennitala)]

    def _round(self, kennitalas: Sequence[str], report: Report, options: Options) -> list[str]:
        """One pass of the four steps; returns the members to try again."""
        snapshot = self.store.read(kennitalas)
        # After the documents: who is erased in between is found on the list.
        listed = self.erased.of([member.kennitala for member in snapshot.members])
        everybody = verdicts_on(snapshot, self.peer, self.field_map, options, listed)
        again = _with_whom(everybody)
        verdicts = {key: verdict for key, verdict in everybody.items() if verdict.outcome != "together"}
        report.count_verdicts(verdicts)
        report.nobody.update(_of_nobody(snapshot, verdicts))
        report.moved.update(_moved(verdicts))
        if options.dry_run:
            report.plan_verdicts({key: it for key, it in verdicts.items() if key not in again})
            return again
        again += [kennitala for kennitala, verdict in verdicts.items() if verdict.outcome == "stale"]
        return [*dict.fromkeys(again + self._write(_decided_writes(verdicts), report))]

    def _write(self, writes: Sequence[MemberWrite], report: Report) -> list[str]:
        if not writes:
            return []
        results = self.store.write(writes)
        refused = [
            _failure(write.kennitala, results[write.kennitala].message, permanent=True)
            for write in writes
            if results[write.kennitala].fate is WriteFate.REFUSED
        ]
        report.fail(report.django_to_firestore, refused)
        again = {WriteFate.OVERTAKEN, WriteFate.UNKNOWN}
        retry = [write.kennitala for write in writes if results[write.kennitala].fate in again]
        return retry + self._acknowledge(writes, results, report)

    def _acknowledge(
        self, writes: Sequence[MemberWrite], results: dict[str, WriteResult], report: Report
    ) -> list[str]:
        """Report what landed. Returns the members that Django has changed meanwhile, to be tried again."""
        landed = [write for write in writes if results[write.kennitala].fate is WriteFate.LANDED]
        if not landed:
            return []
        report.django_to_firestore.written += len(landed)
        answers = self.peer.mark_synced(
            [_acknowledgement(write, results[write.kennitala]) for write in landed], []
        )
        return [write.kennitala for write in landed if answers.get(write.kennitala) != ACKNOWLEDGED]


def _with_whom(verdicts: dict[str, Verdict]) -> list[str]:
    """Old and new numbers of those whose kennitala was corrected: they are shown to Django in one call."""
    waiting = {key: verdict.together for key, verdict in verdicts.items() if verdict.outcome == "together"}
    return [*dict.fromkeys(number for key, others in waiting.items() for number in [key, *others])]


def _moved(verdicts: dict[str, Verdict]) -> dict[str, str]:
    """Old number → new number of those whose document is no longer at the old one."""
    settled = {key: verdict.moved_to for key, verdict in verdicts.items() if verdict.outcome == "clean"}
    return {key: new for key, new in settled.items() if new is not None}


def _of_nobody(snapshot: Snapshot, verdicts: dict[str, Verdict]) -> list[str]:
    """The members who have no document, and had no row that could be deleted."""
    gone = [member.kennitala for member in snapshot.members if member.fields is None]
    return [kennitala for kennitala in gone if _is_of_nobody(verdicts.get(kennitala))]


def _is_of_nobody(verdict: Verdict | None) -> bool:
    if verdict is None or verdict.moved_to is not None:
        return False
    return verdict.outcome == "clean" and not verdict.changes.django


def _decided_writes(verdicts: dict[str, Verdict]) -> list[MemberWrite]:
    return [
        MemberWrite(
            kennitala=kennitala,
            document=verdict.write.document,
            update_time=verdict.write.precondition.update_time,
            operation=verdict.write.operation,
            rev=verdict.write.rev,
            resting=verdict.resting,
            takes_over=tuple(TakenOver(old.kennitala, old.update_time) for old in verdict.write.takes_over),
            erasure=verdict.write.erasure,
            whole=verdict.write.whole,
        )
        for kennitala, verdict in verdicts.items()
        if verdict.outcome == "write" and verdict.write is not None
    ]


def _acknowledgement(write: MemberWrite, result: WriteResult) -> Acknowledgement:
    return Acknowledgement(
        kennitala=write.kennitala,
        operation=write.operation,
        rev=write.rev,
        update_time=result.update_time,
    )


def _failure(kennitala: str, message: str, *, permanent: bool = False) -> MemberFailure:
    return MemberFailure(kennitala=kennitala, message=message, permanent=permanent)
