"""What the functions call: a whole run as ordered, or one member now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from runtime.settings import RunLimits

from . import batches
from .batch_reconciler import BatchReconciler
from .documents import number_of
from .epochs import Epochs
from .failures import SetBackError, SyncError, TransientError
from .held import Decider, Situation, situation_of
from .options import Restored, Store, Word
from .order import Order
from .reconcile import Reconciler
from .runs import Run
from .stores import EntryStore, HeldStore, LogStore, RecordStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sync:
    """The sync over its parts; `deployed.deployed_sync` makes the one that is deployed."""

    reconciler: Reconciler
    queue: EntryStore
    records: RecordStore
    logs: LogStore
    held: HeldStore
    limits: RunLimits = field(default_factory=RunLimits)

    @property
    def batch_reconciler(self) -> BatchReconciler:
        """What reconciles one batch, for a run and for one member alike."""
        return BatchReconciler(self.reconciler, self.queue)

    def run(self, order: Order) -> dict[str, Any]:
        """Run, log it if it did anything or failed, and answer what happened; never raises SyncError."""
        run = Run(self.batch_reconciler, self.records, self.limits, order)
        run.execute()
        result = run.result()
        if not order.dry_run and run.is_worth_logging():
            result["log_id"] = self._keep(result, order)
        if not order.dry_run and (run.holds or order.mode == "full"):
            self.ask_what_is_held(run)
        return result

    def release(self, situation: Situation, decider: Decider) -> dict[str, Any]:
        """Reconcile those who are held, letting through exactly what they are held for; never SyncError."""
        order = Order(reason=f"released by {decider.who}"[:100])
        run = Run(
            self.batch_reconciler, self.records, self.limits, order, Word(released=situation.fingerprints)
        )
        run.execute()
        result = run.result()
        result["log_id"] = self._keep(result, order)
        self.ask_what_is_held()
        return result

    def after_restore(self, store: Store, decider: Decider) -> dict[str, Any]:
        """Reconcile every member by what counts after this store was restored. Raises SyncError.

        The sync goes on only if every member was tried; else the same order goes on from there.
        """
        order = Order(mode="full", reason=f"{store} restored, says {decider.who}"[:100])
        run = Run(
            self.batch_reconciler, self.records, self.limits, order, Word(restored=self._restored(store))
        )
        run.execute()
        result = run.result()
        if run.is_complete:
            Epochs.settle_restore(self.reconciler)
        result["settled"] = run.is_complete
        result["log_id"] = self._keep(result, order)
        self.ask_what_is_held()
        return result

    def _restored(self, store: Store) -> Restored:
        """What Django has to know; the numbers of the register's lost members are in Firestore alone."""
        if store != "register":
            return Restored(store)
        numbers = (number_of(member) for member in self.reconciler.store.scan())
        return Restored(store, max(numbers, default=0))

    def reconcile_member(self, kennitala: str) -> None:
        """Reconcile one member now. Raises SyncError if trying again later may help."""
        for batch in batches.named([kennitala], self.queue, 1):
            try:
                report = self.batch_reconciler.reconcile(batch)
            except SetBackError as error:
                # The run that a person orders once they have decided finds every member.
                log.error("the sync is stopped", error=str(error))
                return
            if report.transient_failures:
                raise TransientError(f"not reconciled: {report.failures[0].message}")

    def ask_what_is_held(self, run: Run | None = None) -> None:
        """Record it. `run`: the one that ends; who is held and was found alike by it is held no more."""
        try:
            situation = situation_of(self.reconciler.peer)
            if run is not None and self._let_go(filter(run.found_alike, situation.fingerprints), run):
                situation = situation_of(self.reconciler.peer)
            self.held.note(situation)
        except SyncError as error:
            log.error("what is held was not recorded; the next run tries again", error=str(error))

    def _let_go(self, kennitalas: Iterable[str], run: Run) -> bool:
        """Reconcile members whose store was repaired, at least one batch; whether there was any."""
        batch = None
        for batch in batches.named(kennitalas, self.queue, self.limits.batch_size):
            self.batch_reconciler.reconcile(batch)
            if run.is_over():
                break
        return batch is not None

    def _keep(self, result: dict[str, Any], order: Order) -> str | None:
        try:
            expiry = {"expiresAt": datetime.now(UTC) + self.limits.kept_for}
            return self.logs.append(result | {"mode": order.mode, "reason": order.reason} | expiry)
        except SyncError as error:
            log.error("the log of the run was not kept", error=str(error))
            return None
