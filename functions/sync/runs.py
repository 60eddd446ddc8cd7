"""Whole runs: which members to reconcile, in batches side by side, and the result of it all."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any, TypeVar

import structlog

from . import batches
from .batches import Batch
from .comparison import Drift, differences, repair
from .failures import SyncError, TransientError
from .order import Order
from .parallel import map_batches
from .peer import MemberFailure
from .reconcile import Reconciler
from .report import Report
from .store import EntryStore, LogStore

Item = TypeVar("Item")
Done = TypeVar("Done")
log = structlog.get_logger(__name__)

KEPT_FOR = timedelta(days=400)
"""How long `/sync_logs` keeps a run (a TTL policy on `expiresAt` removes it)."""
SUCCESS, PARTIAL, FAILED = "success", "partial", "failed"
NOBODY = "neither side has a member with this kennitala"


@dataclass(frozen=True)
class Limits:
    """The size of a run."""

    batch: int = 500
    parallel: int = 2
    """Batches at work at once; below the host's number of workers, so that people are served too."""
    lease_seconds: int = 120
    budget_seconds: float = 480.0
    """After so long no batch is begun; what is left stays announced for the next run."""


@dataclass(frozen=True)
class Sync:
    """Everything a run works with."""

    reconciler: Reconciler
    queue: EntryStore
    logs: LogStore
    limits: Limits = field(default_factory=Limits)

    def run(self, order: Order) -> dict[str, Any]:
        """Run, log it if it did anything or failed, and answer what happened; never raises SyncError."""
        run = Run(self, order)
        run.execute()
        result = run.result()
        if not order.dry_run and run.is_worth_logging():
            result["log_id"] = self._keep(result, order)
        return result

    def allowing_deletions(self) -> Sync:
        """The same, with a person's word that no deletion is to be held back."""
        peer = self.reconciler.peer.allowing_deletions()
        return replace(self, reconciler=replace(self.reconciler, peer=peer))

    def reconcile_member(self, kennitala: str) -> None:
        """Reconcile one member now. Raises SyncError where trying again later may help."""
        for batch in batches.named([kennitala], self.queue, 1):
            report = self.reconcile_batch(batch)
            if report.transient_failures:
                raise TransientError(f"not reconciled: {report.failures[0].message}")

    def reconcile_batch(self, batch: Batch, *, dry_run: bool = False) -> Report:
        """Reconcile a batch, and settle the queue entries of its members that are through.

        Entries of members that are to be tried again stay pending.
        """
        report = self.reconciler.reconcile(batch.kennitalas, dry_run=dry_run)
        report.django_to_firestore.read += batch.claimed
        waiting = report.held | {failure.kennitala for failure in report.failures if not failure.permanent}
        given_up = dict.fromkeys(report.nobody, NOBODY)
        given_up |= {failure.kennitala: failure.message for failure in report.failures if failure.permanent}
        done = [entry for entry in batch.entries if entry.kennitala not in waiting]
        if done and not dry_run:
            self.queue.settle(done, given_up)
        return report

    def _keep(self, result: dict[str, Any], order: Order) -> str | None:
        try:
            expiry = {"expiresAt": datetime.now(UTC) + KEPT_FOR}
            return self.logs.append(result | {"mode": order.mode, "reason": order.reason} | expiry)
        except SyncError as error:
            log.error("the log of the run was not kept", error=str(error))
            return None


class Run:
    """One run: begins when it is made, has a result when it has been executed."""

    def __init__(self, sync: Sync, order: Order) -> None:
        self._sync = sync.allowing_deletions() if order.allow_deletions else sync
        self._order = order
        self._started_at = datetime.now(UTC)
        self._begin = time.monotonic()
        self._worker = uuid.uuid4().hex
        self._report = Report()
        self._drift = Drift() if order.mode == "full" else None
        self._error: str | None = None
        self._unfinished = False

    def execute(self) -> None:
        """Do what was ordered, as far as it goes."""
        try:
            for report in self._work(self._announced(), self._reconcile):
                self._report.add(report)
            if self._drift is not None and not self._order.members:
                self._compare(self._drift)
        except SyncError as error:
            self._error = str(error)
            log.error("the run ended early", error=str(error), kind=type(error).__name__)

    def result(self) -> dict[str, Any]:
        """The answer to whoever ordered the run; holds no kennitala unless it was a dry run."""
        completed_at = datetime.now(UTC)
        result: dict[str, Any] = {
            "started_at": self._started_at.isoformat(),
            "completed_at": completed_at.isoformat(),
            "status": self._status(),
            "duration_seconds": round(time.monotonic() - self._begin, 3),
            **self._report.as_numbers(),
            "transient_failures": self._report.transient_failures,
        }
        if self._error is not None:
            result["error"] = self._error
        if self._drift is not None:
            result["drift"] = asdict(self._drift)
        if self._order.dry_run:
            result["dry_run"] = self._report.plan
            result["dry_run_left_off"] = self._report.plan_left_off
        return result

    def is_worth_logging(self) -> bool:
        """A run that found nothing to do leaves no document behind, except the nightly one."""
        return self._report.did_anything or self._error is not None or self._drift is not None

    def _status(self) -> str:
        if self._error is not None:
            return FAILED
        left = self._report.failed or self._report.held or self._unfinished
        return PARTIAL if left else SUCCESS

    def _announced(self) -> Iterable[Batch]:
        queue, size = self._sync.queue, self._sync.limits.batch
        peer = self._sync.reconciler.peer
        if self._order.members:
            return batches.named(self._order.members, queue, size)
        if self._order.dry_run and self._drift is not None:
            return ()  # The comparison finds whatever was announced, and nothing is to be told twice.
        from_firestore = batches.announced_in_firestore(queue, size)
        if self._order.dry_run:
            return chain(from_firestore, batches.pending_in_django(peer, size))
        lease = self._sync.limits.lease_seconds
        return chain(from_firestore, batches.announced_in_django(peer, self._worker, size, lease))

    def _work(self, source: Iterable[Item], work: Callable[[Item], Done]) -> Iterator[Done]:
        return map_batches(work, self._within_budget(source), self._sync.limits.parallel)

    def _within_budget(self, source: Iterable[Item]) -> Iterator[Item]:
        for batch in source:
            yield batch
            if time.monotonic() - self._begin > self._sync.limits.budget_seconds:
                self._unfinished = True
                return

    def _reconcile(self, batch: Batch) -> Report:
        report = self._sync.reconcile_batch(batch, dry_run=self._order.dry_run)
        if self._order.members:
            report.fail(report.firestore_to_django, map(_nobody, sorted(report.nobody)))
        return report

    def _compare(self, drift: Drift) -> None:
        """Find what nothing announced, repair it, and look again whether it is repaired."""
        reconciler = self._sync.reconciler
        found = differences(reconciler.store, reconciler.peer, reconciler.field_map, drift)
        source = (tuple(chunk) for chunk in batches.chunks(found, self._sync.limits.batch))
        for report, part in self._work(source, self._repair):
            self._report.add(report)
            drift.add(part)

    def _repair(self, kennitalas: tuple[str, ...]) -> tuple[Report, Drift]:
        return repair(self._sync.reconciler, kennitalas, dry_run=self._order.dry_run)


def _nobody(kennitala: str) -> MemberFailure:
    return MemberFailure(kennitala=kennitala, message=NOBODY, permanent=True)
