"""The epoch of a run: compared before anything else, and given to Firestore before the first write.

Django judges it (`merge_engine/epoch.py`). A run that finds nothing to do leaves Firestore alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from .documents import Epoch, Snapshot
from .failures import SetBackError
from .peer import IssuedEpoch
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
        seen = reconciler.store.read(())
        issued = reconciler.peer.epoch(seen, advance=not look_only)
        if issued is None or look_only:
            return cls(reconciler.store, None)
        return cls(reconciler.store, _following(seen, issued))

    @classmethod
    def stopped(cls, reconciler: Reconciler) -> str | None:
        """Why nothing is synced until a person decides, or None. Raises SyncError."""
        try:
            cls.of(reconciler, look_only=True)
        except SetBackError as error:
            return str(error)
        return None

    @staticmethod
    def settle_restore(reconciler: Reconciler) -> None:
        """Every member is reconciled after a restore: give both stores a new epoch. Raises SyncError."""
        store, peer = reconciler.store, reconciler.peer
        seen = store.read(())
        issued = peer.settle_restore(seen)
        store.set_epoch(_following(seen, issued))
        peer.epoch(store.read(()), advance=True)

    def tell(self) -> None:
        """Give Firestore the number, once. Raises SyncError."""
        with self._lock:
            if self.to_tell is not None:
                self.store.set_epoch(self.to_tell)
                self.to_tell = None


def _following(seen: Snapshot, issued: IssuedEpoch) -> Epoch:
    return Epoch(issued.line, issued.number, seen.epoch.update_time if seen.epoch else "")
