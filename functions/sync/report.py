"""What a run did, counted per direction. The reports of its batches are added up."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from runtime.kennitala import mask

from .peer import MemberFailure, Verdict, VerdictError

LISTED_FAILURES = 100
"""How many failures are kept one by one; the rest is only counted, so that memory does not grow."""
PLANNED = ("outcome", "changes", "conflicts", "error", "resting", "unknown_fields")
"""What a dry run shows of a verdict."""
LISTED_PLANS = 10_000
"""How many members a dry run lists one by one."""


@dataclass
class Direction:
    """How many members, on the way from one side to the other."""

    read: int = 0
    merged: int = 0
    written: int = 0
    conflicted: int = 0
    failed: int = 0
    retried: int = 0

    def add(self, other: Direction) -> None:
        """Add another part's numbers."""
        for item in fields(self):
            setattr(self, item.name, getattr(self, item.name) + getattr(other, item.name))


@dataclass
class Report:
    """Numbers, failures and, for a dry run, what would happen."""

    firestore_to_django: Direction = field(default_factory=Direction)
    django_to_firestore: Direction = field(default_factory=Direction)
    failures: list[MemberFailure] = field(default_factory=list)
    transient_failures: int = 0
    plan: list[dict[str, Any]] = field(default_factory=list)
    held: set[str] = field(default_factory=set)
    """Members whose deletion waits until a person confirms it, because there are so many."""
    remarks: dict[str, MemberFailure] = field(default_factory=dict)
    """Members who are reconciled, except for a field that rests, or that nobody knows; listed as failures."""
    resting: dict[str, dict[str, str]] = field(default_factory=dict)
    """Why fields of members of this batch rest, by kennitala and path; not added up."""
    nobody: set[str] = field(default_factory=set)
    """Members of this batch of whom neither side has anything; not added up."""
    moved: dict[str, str] = field(default_factory=dict)
    """Old number → new number of members of this batch whose kennitala was corrected; not added up."""
    plan_left_off: int = 0
    """Members that a dry run found beyond those it lists."""

    def add(self, other: Report) -> None:
        """Add another part's report."""
        self.firestore_to_django.add(other.firestore_to_django)
        self.django_to_firestore.add(other.django_to_firestore)
        self.failures.extend(other.failures[: LISTED_FAILURES - len(self.failures)])
        self.transient_failures += other.transient_failures
        self.held |= other.held
        for kennitala, remark in other.remarks.items():
            if len(self.remarks) < LISTED_FAILURES:
                self.remarks.setdefault(kennitala, remark)
        room = LISTED_PLANS - len(self.plan)
        self.plan.extend(other.plan[:room])
        self.plan_left_off += other.plan_left_off + len(other.plan[room:])

    def count_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        """Count what Django said about documents that it was shown."""
        inbound, outbound = self.firestore_to_django, self.django_to_firestore
        for kennitala, verdict in verdicts.items():
            inbound.read += 1
            if verdict.outcome == "held":
                self.held.add(kennitala)
                continue
            if verdict.outcome == "error":
                self.fail(inbound, [_failure_of(kennitala, verdict.error)])
                continue
            self._remark(kennitala, verdict)
            inbound.merged += verdict.outcome != "stale"
            inbound.retried += verdict.outcome == "stale"
            inbound.written += bool(verdict.changes.django)
            inbound.conflicted += any(lost.lost_on == "firestore" for lost in verdict.conflicts)
            outbound.conflicted += any(lost.lost_on == "django" for lost in verdict.conflicts)
            outbound.merged += verdict.outcome == "write"

    def plan_verdicts(self, verdicts: Mapping[str, Verdict]) -> None:
        """List what a run would do, member by member and field by field; members that agree are left out."""
        self.plan.extend(
            {
                "kennitala": kennitala,
                **verdict.model_dump(include={*PLANNED}),
            }
            for kennitala, verdict in verdicts.items()
            if verdict.outcome != "clean" or _changes(verdict) or _left_out(verdict)
        )

    def fail(self, direction: Direction, failures: Iterable[MemberFailure]) -> None:
        """Count members as failed on the way in this direction."""
        for failure in failures:
            direction.failed += 1
            self.failures.append(failure)
            self.transient_failures += not failure.permanent

    def _remark(self, kennitala: str, verdict: Verdict) -> None:
        """Count a member of whom something is not synced: once, however often it is tried."""
        if verdict.outcome == "stale":
            return
        self.resting[kennitala] = verdict.resting
        if _left_out(verdict) and kennitala not in self.remarks:
            self.remarks[kennitala] = _remark_of(kennitala, _left_out(verdict))
            self.firestore_to_django.failed += 1

    @property
    def failed(self) -> int:
        """Members that failed, either way."""
        return self.firestore_to_django.failed + self.django_to_firestore.failed

    @property
    def did_anything(self) -> bool:
        """Whether a value moved, a member failed or a deletion is held."""
        written = self.firestore_to_django.written or self.django_to_firestore.written
        return bool(written or self.failed or self.held)

    def as_numbers(self) -> dict[str, Any]:
        """Both directions, and the failures with their kennitala masked."""
        return {
            "firestore_to_django": asdict(self.firestore_to_django),
            "django_to_firestore": asdict(self.django_to_firestore),
            "held": len(self.held),
            "failures": [
                item.model_dump() | {"kennitala": mask(item.kennitala), "message": mask(item.message)}
                for item in [*self.failures, *self.remarks.values()]
            ],
        }


def _failure_of(kennitala: str, error: VerdictError | None) -> MemberFailure:
    if error is None:
        return MemberFailure(kennitala=kennitala, message="Django gave no reason", permanent=False)
    return MemberFailure(kennitala=kennitala, message=error.message, permanent=error.permanent)


def _changes(verdict: Verdict) -> bool:
    return bool(verdict.changes.django or verdict.changes.firestore)


def _left_out(verdict: Verdict) -> list[str]:
    """Why parts of a member are not synced; their author must learn that."""
    unknown = ", ".join(verdict.unknown_fields)
    reasons = [verdict.resting[path] for path in sorted(verdict.resting)]
    return [*reasons, f"not a field, so not synced: {unknown}"] if unknown else reasons


def _remark_of(kennitala: str, reasons: list[str]) -> MemberFailure:
    return MemberFailure(kennitala=kennitala, message="; ".join(reasons), permanent=True)
