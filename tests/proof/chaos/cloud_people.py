"""People who write to Firestore: members in the portal (with a queue entry), and others without one."""

from __future__ import annotations

from random import Random
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud import firestore

from tests.proof.chaos.history import History, Operation, Values
from tests.proof.chaos.new_values import EDITED, NewValues

Refused = (
    google_errors.FailedPrecondition,
    google_errors.NotFound,
    google_errors.AlreadyExists,
    google_errors.Aborted,
)
SECONDS = 30.0


class CloudPeople:
    """Each operation requires that the document is still as it was seen; else it has no effect.

    Nobody deletes during a first copy: if a document is deleted before our write to it is acknowledged, no
    trace of it is left (docs/sync.md, "What it cannot know").
    """

    def __init__(
        self, client: firestore.Client, history: History, values: NewValues, *, may_delete: bool
    ) -> None:
        self._client = client
        self._may_delete = may_delete
        self._history = history
        self._values = values

    def act(self, kennitala: str, chance: Random) -> None:
        """Do something that fits the member's present state."""
        reference = self._client.collection("members").document(kennitala)
        document = reference.get(timeout=SECONDS)
        try:
            operation = (
                self._enter(reference, chance) if not document.exists else self._change(document, chance)
            )
        except Refused:
            return
        if operation is not None:
            self._history.record(operation, done=True)

    def _enter(self, reference: Any, chance: Random) -> Operation | None:
        if chance.random() < 0.7:
            return None
        operation = Operation("enter", "firestore", reference.id, self._values.all())
        batch = self._client.batch()
        batch.create(reference, _nest(operation.values))
        batch.commit(retry=None, timeout=SECONDS)
        return operation

    def _change(self, document: Any, chance: Random) -> Operation:
        saw = {path: _value(document.to_dict(), path) for path in EDITED}
        option = self._client.write_option(last_update_time=document.update_time)
        batch = self._client.batch()
        if chance.random() < 0.03 and self._may_delete:
            operation = Operation("delete", "firestore", document.id, saw=saw)
            batch.delete(document.reference, option=option)
        else:
            operation = Operation("edit", "firestore", document.id, self._values.some(chance), saw)
            changes = operation.values | {"updatedAt": firestore.SERVER_TIMESTAMP}
            batch.update(document.reference, changes, option=option)
            if chance.random() < 0.7:
                batch.create(self._client.collection("sync_queue").document(), _entry(operation))
        batch.commit(retry=None, timeout=SECONDS)
        return operation


def _entry(operation: Operation) -> Values:
    return {
        "kennitala": operation.kennitala,
        "target": "django",
        "action": "update",
        "changes": operation.values,
        "status": "pending",
        "createdAt": firestore.SERVER_TIMESTAMP,
        "syncedAt": None,
    }


def _value(document: Values | None, path: str) -> Any:
    value: Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, dict) else None
    return value


def _nest(values: Values) -> Values:
    nested: Values = {}
    for path, value in values.items():
        *parents, leaf = path.split(".")
        place = nested
        for parent in parents:
            place = place.setdefault(parent, {})
        place[leaf] = value
    return nested
