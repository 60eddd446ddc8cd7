"""The epoch of a run: compared before anything else, and given to Firestore before the first write.

Django judges it (`merge_engine/epoch.py`). A run that finds nothing to do leaves Firestore alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from .documents import Epoch
from .reconcile import Reconciler
from .stores import MemberStore


@dataclass
class Epochs:
    """The number that was issued for one run. Its batches run side by side; the first one tells Firestore."""

    store: MemberStore
    to_tell: Epoch | None
    _lock: Lock = field(default_factory=Lock)

    @classmethod
    def of(cls, reconciler: Reconciler, *, look_only: bool) -> Epochs:
        """Compare, and have a number issued unless this is only a look. Raises SetBackError and SyncError."""
        carried = reconciler.store.epoch()
        issued = reconciler.peer.epoch(carried, advance=not look_only)
        if issued is None or look_only:
            return cls(reconciler.store, None)
        return cls(
            reconciler.store, Epoch(issued.line, issued.number, carried.update_time if carried else "")
        )

    def tell(self) -> None:
        """Give Firestore the number, once. Raises SyncError."""
        with self._lock:
            if self.to_tell is not None:
                self.store.set_epoch(self.to_tell)
                self.to_tell = None
