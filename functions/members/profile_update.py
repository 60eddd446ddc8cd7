"""`updatememberprofile`: a member asks for a change of any field that members may change.

Unlike the browser's own writes, it may change the name and the birthday too; staff win a conflict over these.
The document and its queue entry are written together, or neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from firebase_functions.https_fn import FunctionsErrorCode
from google.api_core.exceptions import NotFound
from google.cloud import firestore

from runtime import kennitala as kennitalas
from runtime.caller import CallableError, Caller, invalid
from sync.field_map import FieldMap, SyncedField

from .membership import Members
from .values import InvalidValueError, canonical

log = structlog.get_logger(__name__)


class ProfileUpdates:
    """Writes the changes that members ask for."""

    def __init__(self, members: Members, field_map: FieldMap) -> None:
        self._client = members.client
        self._members = members
        self._fields = {field.path: field for field in field_map.fields if field.editor}

    def handle(self, caller: Caller, data: Any) -> dict[str, Any]:
        """Answer one call with data `{kennitala, updates}`. Raises CallableError."""
        kennitala, updates = _parse(data)
        if kennitala != caller.kennitala:
            self._members.require_staff(caller, "you may change only your own profile")
        changes = self.changes_of(updates)
        entry_id = self._write(kennitala, changes)
        log.info(
            "profile change asked for", audit=True, uid=caller.uid, kennitala=kennitala, fields=[*changes]
        )
        return {"updated": sorted(changes), "queueId": entry_id}

    def changes_of(self, updates: Mapping[str, Any]) -> dict[str, Any]:
        """Dotted path → canonical value. Raises CallableError that names each field in the way."""
        if not updates:
            raise invalid("there is nothing to change")
        changes, problems = {}, []
        for name, value in flattened(updates).items():
            field = self._field(name)
            if field is None:
                problems.append(f"{name}: cannot be changed here")
                continue
            try:
                changes[field.path] = canonical(field, value)
            except InvalidValueError as error:
                problems.append(str(error))
        if problems:
            raise invalid("; ".join(problems))
        return changes

    def _field(self, name: str) -> SyncedField | None:
        """A field by its path, or by the part after `profile.`."""
        return self._fields.get(name) or self._fields.get(f"profile.{name}")

    def _write(self, kennitala: str, changes: dict[str, Any]) -> str:
        entry = self._client.collection("sync_queue").document()
        batch = self._client.batch()
        batch.update(
            self._client.collection("members").document(kennitala),
            {**changes, "updatedAt": firestore.SERVER_TIMESTAMP, "lastEdit": entry.id},
        )
        batch.create(entry, queue_entry(kennitala, changes))
        try:
            batch.commit()
        except NotFound:
            raise CallableError(FunctionsErrorCode.NOT_FOUND, "there is no such member") from None
        return str(entry.id)


def queue_entry(kennitala: str, changes: Mapping[str, Any]) -> dict[str, Any]:
    """The entry of `/sync_queue` that tells of a change."""
    return {
        "kennitala": kennitala,
        "target": "django",
        "action": "update",
        "changes": dict(changes),
        "status": "pending",
        "createdAt": firestore.SERVER_TIMESTAMP,
        "syncedAt": None,
    }


def flattened(updates: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested maps to dotted paths: `{"address": {"city": …}}` to `address.city`."""
    flat: dict[str, Any] = {}
    for name, value in updates.items():
        path = f"{prefix}{name}"
        flat |= flattened(value, f"{path}.") if isinstance(value, Mapping) else {path: value}
    return flat


def _parse(data: Any) -> tuple[str, Mapping[str, Any]]:
    if not isinstance(data, Mapping) or set(data) != {"kennitala", "updates"}:
        raise invalid("wanted are `kennitala` and `updates`")
    if not isinstance(data["updates"], Mapping) or not isinstance(data["kennitala"], str):
        raise invalid("`kennitala` is a text and `updates` a map")
    try:
        return kennitalas.normalise(data["kennitala"]), data["updates"]
    except kennitalas.InvalidKennitalaError as error:
        raise invalid(str(error)) from error
