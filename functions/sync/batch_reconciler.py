"""One batch of members: reconcile them, then settle the queue entries of those who are through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .batches import Batch
from .options import NO_OPTIONS, Options
from .reconcile import Reconciler
from .report import Report
from .stores import EntryStore, QueueEntry

NOBODY = "neither side has a member with this kennitala"


@dataclass(frozen=True)
class BatchReconciler:
    """Reconciles one batch at a time; safe to use from many threads and processes at once."""

    reconciler: Reconciler
    queue: EntryStore

    def reconcile(self, batch: Batch, options: Options = NO_OPTIONS) -> Report:
        """Reconcile a batch and settle its entries. Raises SyncError if no member could be tried.

        Entries of members that are to be tried again stay pending, and so do those for a field that one half
        does not know.
        """
        report = self.reconciler.reconcile(batch.kennitalas, options)
        report.django_to_firestore.read += batch.claimed
        if not options.dry_run:
            self._settle(batch, report)
        return report

    def _settle(self, batch: Batch, report: Report) -> None:
        waiting = report.held | {failure.kennitala for failure in report.failures if not failure.permanent}
        given_up = dict.fromkeys(report.nobody, NOBODY)
        given_up |= {failure.kennitala: failure.message for failure in report.failures if failure.permanent}
        apart = self.reconciler.shared.apart
        self._redirect(batch, report.moved)
        waiting |= {*report.moved}
        done = [
            entry for entry in batch.entries if entry.kennitala not in waiting and not entry.paths & apart
        ]
        if done:
            resting = {entry.id: _resting(entry, report) for entry in done}
            failures = {entry.id: given_up.get(entry.kennitala) or resting[entry.id] for entry in done}
            self.queue.settle(done, {name: reason for name, reason in failures.items() if reason})

    def _redirect(self, batch: Batch, moved: Mapping[str, str]) -> None:
        """What was asked for at an old number is settled with the new one, by the next run."""
        for entry in batch.entries:
            if entry.kennitala in moved:
                self.queue.redirect(entry, moved[entry.kennitala])


def _resting(entry: QueueEntry, report: Report) -> str:
    """Why what this entry asked for did not arrive; empty if it did, whatever else of the member rests."""
    reasons = report.resting.get(entry.kennitala, {})
    return "; ".join(reasons[path] for path in sorted(entry.paths & reasons.keys()))
