"""A whole run: which members to reconcile, in batches side by side, and the result of it all.

What becomes of one batch is `batch_reconciler`'s; what is kept of a run is `service`'s.
"""

from __future__ import annotations

import heapq
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from itertools import chain
from typing import Any, TypeVar

import structlog

from runtime.settings import RunLimits

from . import batches
from .batch_reconciler import NOBODY, BatchReconciler
from .batches import Batch
from .comparison import Drift, Stretch, differences, remembered, repair
from .epochs import Epochs
from .failures import SetBackError, SyncError
from .options import Word
from .order import Order
from .parallel import map_batches
from .peer import MemberFailure
from .report import Report
from .stores import RecordStore

Item = TypeVar("Item")
Done = TypeVar("Done")
log = structlog.get_logger(__name__)

SUCCESS, PARTIAL, FAILED = "success", "partial", "failed"
STOPPED = "stopped"
"""A store was set back, and a person has to decide."""


class Run:
    """One run. Its time starts when it is made; it has a result once it was executed."""

    def __init__(
        self,
        batch_reconciler: BatchReconciler,
        records: RecordStore,
        limits: RunLimits,
        order: Order,
        word: Word | None = None,
    ) -> None:
        """`word`: what a person has decided; who was released to be deleted, the run is for them alone."""
        self._batches = batch_reconciler
        self._records = records
        self._options = replace(order.options, word=word or order.options.word)
        self._limits = limits
        self._order = order
        self._started_at = datetime.now(UTC)
        self._begin = time.monotonic()
        self._worker = uuid.uuid4().hex
        self._report = Report()
        self._drift = Drift() if order.mode == "full" else None
        self._error: str | None = None
        self._stopped: str | None = None
        self._epoch: Epochs | None = None
        self._unfinished = False
        self._compared: list[Stretch] = []

    def execute(self) -> None:
        """Do what was ordered, as far as it goes."""
        try:
            self._look_at_the_epoch()
            for report in self._work(self._announced(), self._reconcile):
                self._report.add(report)
            if self._drift is not None and not self._order.members:
                self._compare(self._drift)
        except SetBackError as error:
            self._stop(error)
        except SyncError as error:
            self._error = str(error)
            log.error("the run ended early", error=str(error), kind=type(error).__name__)

    def _look_at_the_epoch(self) -> None:
        """Before anything else: whether a store was set back. A dry run says so, and goes on."""
        if self._order.dry_run:
            self._stopped = Epochs.stopped(self._batches.reconciler)
        elif not self._is_decided:
            self._epoch = Epochs.of(self._batches.reconciler, look_only=False)

    def _stop(self, error: SetBackError) -> None:
        self._stopped = str(error)
        log.error("the sync is stopped", error=str(error))

    def result(self) -> dict[str, Any]:
        """The answer to the caller. Only that of a dry run holds kennitalas."""
        completed_at = datetime.now(UTC)
        result: dict[str, Any] = {
            "started_at": self._started_at.isoformat(),
            "completed_at": completed_at.isoformat(),
            "status": self._status(),
            "duration_seconds": round(time.monotonic() - self._begin, 3),
            **self._report.as_numbers(),
            "transient_failures": self._report.transient_failures,
        }
        known = self._batches.reconciler.shared
        if not known.alike:
            result["field_maps"] = known.as_result()
        if self._error is not None:
            result["error"] = self._error
        if self._stopped is not None:
            result["stopped"] = self._stopped
        if self._drift is not None:
            result["drift"] = asdict(self._drift)
        if self._order.dry_run:
            result["dry_run"] = self._report.plan
            result["dry_run_left_off"] = self._report.plan_left_off
        return result

    @property
    def is_complete(self) -> bool:
        """Whether every member was tried, and none is to be tried again."""
        return self._error is None and not self._unfinished and not self._report.transient_failures

    @property
    def _is_decided(self) -> bool:
        """Whether a person has said which store was set back, and not only asked what that would do."""
        return self._options.word.restored is not None and not self._order.dry_run

    def is_over(self) -> bool:
        """Whether its time is over."""
        return time.monotonic() - self._begin > self._limits.budget_seconds

    def found_alike(self, kennitala: str) -> bool:
        """Whether it has compared this member, and nothing of the member waits for a person."""
        is_compared = any(stretch.covers(kennitala) for stretch in self._compared)
        return is_compared and kennitala not in self._report.held

    @property
    def holds(self) -> bool:
        """Whether it found something that waits for a person."""
        return bool(self._report.held)

    def is_worth_logging(self) -> bool:
        """Whether to keep a log: always for a nightly run, else if anything was done or failed."""
        ended = self._error is not None or self._stopped is not None
        return self._report.did_anything or ended or self._drift is not None

    def _status(self) -> str:
        if self._stopped is not None:
            return STOPPED
        if self._error is not None:
            return FAILED
        apart = self._batches.reconciler.shared.apart
        left = self._report.failed or self._report.held or self._unfinished or apart
        return PARTIAL if left else SUCCESS

    def _announced(self) -> Iterable[Batch]:
        queue, peer = self._batches.queue, self._batches.reconciler.peer
        size, lease = self._limits.batch_size, self._limits.lease_seconds
        if named := [*self._options.word.released] or self._order.members:
            return batches.named(named, queue, size)
        if self._is_decided or (self._order.dry_run and self._drift is not None):
            return ()  # The comparison finds all that was announced too; nothing is to be listed twice.
        from_firestore = batches.announced_in_firestore(queue, size)
        if self._order.dry_run:
            return chain(from_firestore, batches.pending_in_django(peer, size))
        return chain(from_firestore, batches.announced_in_django(peer, self._worker, size, lease))

    def _work(self, source: Iterable[Item], work: Callable[[Item], Done]) -> Iterator[Done]:
        return map_batches(work, self._within_budget(source), self._limits.parallel_batches)

    def _within_budget(self, source: Iterable[Item]) -> Iterator[Item]:
        for batch in source:
            yield batch
            if self.is_over():
                self._unfinished = True
                return

    def _reconcile(self, batch: Batch) -> Report:
        self._tell_the_epoch()
        report = self._batches.reconcile(batch, self._options)
        if self._order.members:
            report.fail(report.firestore_to_django, map(_nobody, sorted(report.nobody)))
        return report

    def _compare(self, drift: Drift) -> None:
        """Find what nothing announced, repair it, and look again whether it is repaired.

        It goes on where the run before had to end, to the end, and then from the beginning up to there.
        """
        if self._order.dry_run:
            self._compare_stretch(drift, Stretch("", None, self.is_over))
            return
        peer = self._batches.reconciler.peer
        begun = peer.begin_round()
        if begun.cut_off is not None:
            log.error("the comparison before this one never ended", began_at=begun.cut_off)
        for stretch in self._stretches(begun.after):
            self._compare_stretch(drift, stretch)
            drift.left = peer.end_round(stretch.reached).left or 0
            if stretch.reached is not None:
                return

    def _stretches(self, after: str) -> Iterator[Stretch]:
        yield Stretch(after, None, self.is_over)
        if after and not self.is_over():
            yield Stretch("", after, self.is_over)

    def _compare_stretch(self, drift: Drift, stretch: Stretch) -> None:
        found = differences(self._batches.reconciler, drift, stretch, self._named_by_records(stretch.after))
        source = (tuple(chunk) for chunk in batches.chunks(found, self._limits.batch_size))
        for report, part in map_batches(self._repair, source, self._limits.parallel_batches):
            self._report.add(report)
            drift.add(part)
        self._compared.append(stretch)
        self._unfinished = self._unfinished or stretch.reached is not None

    def _named_by_records(self, after: str) -> Iterator[str]:
        """Whom the register's records name; after a restore, also whom Firestore's do: each costs a read."""
        elsewhere = self._records.people(after) if self._is_decided else ()
        return heapq.merge(remembered(self._batches.reconciler.peer, after), elsewhere)

    def _tell_the_epoch(self) -> None:
        if self._epoch is not None:
            self._epoch.tell()

    def _repair(self, kennitalas: tuple[str, ...]) -> tuple[Report, Drift]:
        self._tell_the_epoch()
        done = repair(self._batches.reconciler, kennitalas, self._options)
        if self._is_decided:
            self._forget_again(kennitalas)
        return done

    def _forget_again(self, kennitalas: tuple[str, ...]) -> None:
        """Remove what Firestore's records have of erased people who have no document."""
        reconciler = self._batches.reconciler
        erased = [*filter(reconciler.erased.everybody(), kennitalas)]
        for member in reconciler.store.read(erased).members if erased else ():
            if member.fields is None:
                self._records.forget(member.kennitala)


def _nobody(kennitala: str) -> MemberFailure:
    return MemberFailure(kennitala=kennitala, message=NOBODY, permanent=True)
