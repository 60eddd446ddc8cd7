"""People who write to Firestore: members in the portal (with a queue entry), and others without one."""

from __future__ import annotations

from random import Random
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud import firestore

from tests.proof.chaos.history import History, Operation, Values
from tests.proof.chaos.new_values import EDITED, NewValues
from tests.proof.chaos.present_numbers import PresentNumbers, both_numbers, first_number

Refused = (
    google_errors.FailedPrecondition,
    google_errors.NotFound,
    google_errors.AlreadyExists,
    google_errors.Aborted,
)
SECONDS = 30.0
SCRIPTS = 0.05
"""The share of edits that a script makes."""


class CloudPeople:
    """Each operation requires that the document is still as it was read just before; else it has no effect.

    Some are those of a script that has looked at the document long ago, and writes over whatever is there.
    Nobody deletes during a first copy: if a document is deleted before our write to it is acknowledged, no
    trace of it is left (docs/sync.md, "What it cannot know").
    """

    def __init__(
        self,
        client: firestore.Client,
        history: History,
        values: NewValues,
        numbers: PresentNumbers,
        *,
        may_delete: bool,
    ) -> None:
        self._client = client
        self._may_delete = may_delete
        self._history = history
        self._values = values
        self._numbers = numbers
        self._looked_at: dict[str, Values] = {}
        """What a script saw, by member."""

    def act(self, kennitala: str, chance: Random) -> None:
        """Do something that fits the member's present state."""
        document = self._document_of(kennitala)
        reference = document.reference
        try:
            operation = (
                self._enter(reference, chance) if not document.exists else self._change(document, chance)
            )
        except Refused:
            return
        if operation is not None:
            act = "blind edit" if operation.overwritten else ""
            self._history.record(operation, done=True, act=act)

    def _document_of(self, kennitala: str) -> Any:
        """The member's document, at whichever number it stands; or the place where there is none."""
        members = self._client.collection("members")
        places = [members.document(number) for number in both_numbers(kennitala)]
        found = {one.id: one for one in self._client.get_all(places, timeout=SECONDS)}
        present = self._numbers.of(kennitala)
        return next((one for one in found.values() if one.exists), found[present])

    def _enter(self, reference: Any, chance: Random) -> Operation | None:
        if chance.random() < 0.7:
            return None
        operation = Operation("enter", "firestore", first_number(reference.id), self._values.all())
        batch = self._client.batch()
        batch.create(reference, _nest(operation.values))
        batch.commit(retry=None, timeout=SECONDS)
        return operation

    def _change(self, document: Any, chance: Random) -> Operation:
        saw = {path: _value(document.to_dict(), path) for path in EDITED}
        option = self._client.write_option(last_update_time=document.update_time)
        batch = self._client.batch()
        if chance.random() < 0.03 and self._may_delete:
            operation = Operation("delete", "firestore", first_number(document.id), saw=saw)
            batch.delete(document.reference, option=option)
        else:
            operation = self._edit(first_number(document.id), saw, chance)
            changes = operation.values | {"updatedAt": firestore.SERVER_TIMESTAMP}
            batch.update(document.reference, changes, option=option)
            if chance.random() < 0.7:
                entry = _entry(operation) | {"kennitala": document.id}
                batch.create(self._client.collection("sync_queue").document(), entry)
        batch.commit(retry=None, timeout=SECONDS)
        return operation

    def _edit(self, kennitala: str, there: Values, chance: Random) -> Operation:
        """Perhaps by a script, which does not know what is there now."""
        values = self._values.some(chance)
        looked_at = self._looked_at.setdefault(kennitala, there)
        if chance.random() > SCRIPTS:
            return Operation("edit", "firestore", kennitala, values, there)
        del self._looked_at[kennitala]
        overwritten = {path: there[path] for path in values}
        return Operation("edit", "firestore", kennitala, values, looked_at, overwritten=overwritten)


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
