"""What the functions call: a whole run as ordered, or one member now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import structlog

from runtime.settings import RunLimits

from . import batches
from .batch_reconciler import BatchReconciler
from .failures import SyncError, TransientError
from .order import Order
from .reconcile import Reconciler
from .runs import Run
from .stores import EntryStore, LogStore

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Sync:
    """The sync over its parts; `deployed.deployed_sync` makes the one that is deployed."""

    reconciler: Reconciler
    queue: EntryStore
    logs: LogStore
    limits: RunLimits = field(default_factory=RunLimits)

    @property
    def batch_reconciler(self) -> BatchReconciler:
        """What reconciles one batch, for a run and for one member alike."""
        return BatchReconciler(self.reconciler, self.queue)

    def run(self, order: Order) -> dict[str, Any]:
        """Run, log it if it did anything or failed, and answer what happened; never raises SyncError."""
        run = Run(self.batch_reconciler, self.limits, order)
        run.execute()
        result = run.result()
        if not order.dry_run and run.is_worth_logging():
            result["log_id"] = self._keep(result, order)
        return result

    def reconcile_member(self, kennitala: str) -> None:
        """Reconcile one member now. Raises SyncError if trying again later may help."""
        for batch in batches.named([kennitala], self.queue, 1):
            report = self.batch_reconciler.reconcile(batch)
            if report.transient_failures:
                raise TransientError(f"not reconciled: {report.failures[0].message}")

    def _keep(self, result: dict[str, Any], order: Order) -> str | None:
        try:
            expiry = {"expiresAt": datetime.now(UTC) + self.limits.kept_for}
            return self.logs.append(result | {"mode": order.mode, "reason": order.reason} | expiry)
        except SyncError as error:
            log.error("the log of the run was not kept", error=str(error))
            return None
