"""Forgets in the cloud whom the register has erased: the key goes on the list, and everything else goes.

The register keeps each order until this says that it is done, so a run that is cut off leaves it to the next.
An order comes a second time some minutes later, for what was under way then.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import structlog
from firebase_admin.exceptions import FirebaseError

from runtime.kennitala import mask
from sync.documents import MemberWrite, WriteFate
from sync.failures import SyncError, TransientError, translated
from sync.peer import Erasure
from sync.service import Sync

from .rights import Rights

MOST = 100
"""Orders of one run."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Forgetting:
    """Carries out erasures, with what a function that may remove users has."""

    sync: Sync
    rights: Rights

    def carry_out(self, seconds: float) -> int:
        """As many as the time allows, and at least one; how many. Never raises SyncError."""
        begin, done = time.monotonic(), 0
        try:
            for erasure in self.sync.reconciler.peer.erasures([], MOST):
                done += self._carried_out(erasure)
                if time.monotonic() - begin > seconds:
                    break
            if done:
                self.sync.ask_what_is_held()
        except SyncError as error:
            log.error("erasures were not carried out; the next run tries again", error=str(error))
        return done

    def _carried_out(self, erasure: Erasure) -> bool:
        try:
            self._forget(erasure)
        except SyncError as error:
            log.error("an erasure was not carried out", kennitala=mask(erasure.kennitala), error=str(error))
            return False
        self.sync.reconciler.peer.erasures([erasure], 0)
        log.info("erased", audit=True, erasure=erasure.erasure)
        return True

    def _forget(self, erasure: Erasure) -> None:
        """First the list: whatever happens then, nobody is forgotten halfway. Raises SyncError."""
        self.sync.reconciler.erased.append(erasure.kennitala, erasure.erasure)
        self._remove_document(erasure)
        try:
            translated(lambda: self.rights.forget(erasure.kennitala))
        except FirebaseError as error:
            raise TransientError(f"Firebase Auth did not answer: {type(error).__name__}") from error
        self.sync.records.forget(erasure.kennitala)

    def _remove_document(self, erasure: Erasure) -> None:
        """What the merge would have removed, if it had come to it."""
        store = self.sync.reconciler.store
        for member in store.read([erasure.kennitala]).members:
            if member.fields is None:
                continue
            write = MemberWrite(member.kennitala, None, member.update_time, operation="", rev=0)
            if store.write([write])[member.kennitala].fate is not WriteFate.LANDED:
                raise TransientError("somebody wrote to the document meanwhile")
