"""The collection `/held_runs`: one document for each question that waits, or waited, for a person.

Staff read it and only functions write it. Each change is a transaction, so no answer counts twice. Who was
held is removed with the answer; who answered, when, and what, stays as long as the logs do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from google.cloud import firestore
from google.cloud.firestore_v1.base_query import FieldFilter

from .failures import translated
from .held import HELD, REPLACED, SETTLED, UNANSWERED, Decider, Situation, check_decidable, is_asked

HELD_RUNS = "held_runs"
VALID_FOR = timedelta(days=7)
KEPT_FOR = timedelta(days=400)
Stored = firestore.DocumentSnapshot[Any]


@dataclass(frozen=True)
class FirestoreHeldRuns:
    """The held runs of one database."""

    client: firestore.Client
    kept_for: timedelta = KEPT_FOR

    def note(self, situation: Situation) -> None:
        """Ask what is held now, unless it is asked already; end every other question. Raises SyncError."""
        translated(lambda: self._in_transaction(lambda transaction: self._note(transaction, situation)))

    def decide(self, run_id: str, shown: str, status: str, decider: Decider) -> None:
        """Record an answer. Raises NotDecidableError, also for a second answer, and SyncError."""
        translated(
            lambda: self._in_transaction(
                lambda transaction: self._decide(transaction, run_id, shown, status, decider)
            )
        )

    def waiting(self) -> dict[str, Any] | None:
        """The question that waits, with its `id`. Raises SyncError."""
        found = translated(lambda: list(self._of([HELD]).stream()))
        return next(({**(run.to_dict() or {}), "id": run.id} for run in found), None)

    def _note(self, transaction: firestore.Transaction, situation: Situation) -> None:
        now = datetime.now(UTC)
        known = list(self._of(UNANSWERED).stream(transaction=transaction))
        asked = [run for run in known if situation.members and is_asked(run.to_dict() or {}, situation, now)]
        for run in known:
            if run not in asked and run.get("status") == HELD:
                transaction.update(run.reference, _end(REPLACED if situation.members else SETTLED))
        if situation.members and not asked:
            times = {"createdAt": now, "validUntil": now + VALID_FOR, "expiresAt": now + self.kept_for}
            transaction.create(
                self._collection.document(), situation.as_document() | times | {"status": HELD}
            )

    def _decide(
        self, transaction: firestore.Transaction, run_id: str, shown: str, status: str, decider: Decider
    ) -> None:
        reference = self._collection.document(run_id)
        check_decidable(reference.get(transaction=transaction).to_dict(), shown, datetime.now(UTC))
        transaction.update(reference, _end(status) | {"decidedBy": decider.who, "decidedAs": decider.role})

    def _of(self, statuses: object) -> firestore.Query:
        return self._collection.where(filter=FieldFilter("status", "in", statuses))

    def _in_transaction(self, work: Callable[[firestore.Transaction], None]) -> None:
        firestore.transactional(work)(self.client.transaction())

    @property
    def _collection(self) -> firestore.CollectionReference:
        return self.client.collection(HELD_RUNS)


def _end(status: str) -> dict[str, Any]:
    return {"status": status, "decidedAt": firestore.SERVER_TIMESTAMP, "members": firestore.DELETE_FIELD}
