"""Who writes to Firestore: members in the portal (document and queue entry in one), others by other doors."""

from __future__ import annotations

from random import Random
from typing import Any

from google.api_core import exceptions as google_errors
from google.cloud import firestore

from tests.proof.chaos.history import Deed, History, Values
from tests.proof.chaos.new_values import EDITED, NewValues

Refused = (
    google_errors.FailedPrecondition,
    google_errors.NotFound,
    google_errors.AlreadyExists,
    google_errors.Aborted,
)
SECONDS = 30.0


class CloudPeople:
    """Each deed demands that the document is still as it was seen; else it has no effect.

    Nobody deletes during a first copy: of a document that goes before our write of it is acknowledged no
    trace is left (docs/sync.md, "What it cannot know").
    """

    def __init__(
        self, client: firestore.Client, history: History, values: NewValues, *, may_delete: bool
    ) -> None:
        self._client = client
        self._may_delete = may_delete
        self._history = history
        self._values = values

    def act(self, kennitala: str, chance: Random) -> None:
        """Do something that fits what is there."""
        reference = self._client.collection("members").document(kennitala)
        document = reference.get(timeout=SECONDS)
        try:
            deed = self._enter(reference, chance) if not document.exists else self._change(document, chance)
        except Refused:
            return
        if deed is not None:
            self._history.record(deed, done=True)

    def _enter(self, reference: Any, chance: Random) -> Deed | None:
        if chance.random() < 0.7:
            return None
        deed = Deed("enter", "firestore", reference.id, self._values.all())
        batch = self._client.batch()
        batch.create(reference, _nest(deed.values))
        batch.commit(retry=None, timeout=SECONDS)
        return deed

    def _change(self, document: Any, chance: Random) -> Deed:
        saw = {path: _value(document.to_dict(), path) for path in EDITED}
        option = self._client.write_option(last_update_time=document.update_time)
        batch = self._client.batch()
        if chance.random() < 0.03 and self._may_delete:
            deed = Deed("delete", "firestore", document.id, saw=saw)
            batch.delete(document.reference, option=option)
        else:
            deed = Deed("edit", "firestore", document.id, self._values.some(chance), saw)
            changes = deed.values | {"updatedAt": firestore.SERVER_TIMESTAMP}
            batch.update(document.reference, changes, option=option)
            if chance.random() < 0.7:
                batch.create(self._client.collection("sync_queue").document(), _entry(deed))
        batch.commit(retry=None, timeout=SECONDS)
        return deed


def _entry(deed: Deed) -> Values:
    return {
        "kennitala": deed.kennitala,
        "target": "django",
        "action": "update",
        "changes": deed.values,
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
