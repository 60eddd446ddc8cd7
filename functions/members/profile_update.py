"""`updatememberprofile`: a member asks for a change of any field that members may change.

Unlike the browser's own writes, it may change the name and the birthday too; staff win a conflict over these.
The document and its queue entry are written together, or neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import structlog
from firebase_functions.https_fn import FunctionsErrorCode
from google.cloud import firestore

from runtime import kennitala as kennitalas
from runtime.caller import CallableError, Caller, invalid
from sync.field_map import FieldMap, SyncedField

from .edit_rate import taken_place
from .membership import Members
from .values import InvalidValueError, canonical

DEEPEST = 4
"""How many maps may lie within each other; no field lies deeper than three."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Editor:
    """Who edits. The user id is Firebase's, which `/logins` maps to a person; no kennitala is kept here."""

    uid: str
    role: Literal["member", "staff"]


class ProfileUpdates:
    """Writes the changes that members ask for."""

    def __init__(self, members: Members, field_map: FieldMap) -> None:
        self._client = members.client
        self._members = members
        self._fields = {field.path: field for field in field_map.fields if field.editor}

    def handle(self, caller: Caller, data: Any) -> dict[str, Any]:
        """Answer one call with data `{kennitala, updates}`, and perhaps `seen`. Raises CallableError.

        `seen`: what the editor's page showed of the fields; if one holds something else by now, nothing is
        written. A page of an earlier release does not say it.
        """
        kennitala, updates, seen = _parse(data)
        if kennitala != caller.kennitala:
            self._members.require_staff(caller, "you may change only your own profile")
        editor = Editor(caller.uid, "member" if kennitala == caller.kennitala else "staff")
        wanted = self.changes_of(updates)
        changes, entry_id = self._write(kennitala, wanted, self._seen_of(seen, wanted), editor)
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

    def _seen_of(self, seen: Mapping[str, Any] | None, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Dotted path → what the editor saw there, of all wanted fields or of none. Raises CallableError."""
        if seen is None:
            return {}
        known = {self._field(str(name)): value for name, value in seen.items()}
        by_path = {field.path: value for field, value in known.items() if field is not None}
        if by_path.keys() != wanted.keys():
            raise invalid("`seen` wants exactly the fields of `updates`")
        return by_path

    def _field(self, name: str) -> SyncedField | None:
        """A field by its path, or by the part after `profile.`."""
        return self._fields.get(name) or self._fields.get(f"profile.{name}")

    def _write(
        self, kennitala: str, wanted: dict[str, Any], seen: dict[str, Any], editor: Editor
    ) -> tuple[dict[str, Any], str | None]:
        """What really changed, and the id of its queue entry; None if nothing did. Raises CallableError."""
        member = self._client.collection("members").document(kennitala)
        entry = self._client.collection("sync_queue").document()

        def write(transaction: firestore.Transaction) -> dict[str, Any]:
            present = member.get(transaction=transaction)
            if not present.exists:
                raise CallableError(FunctionsErrorCode.NOT_FOUND, "there is no such member")
            document = present.to_dict() or {}
            changes = {path: value for path, value in wanted.items() if value_at(document, path) != value}
            check_seen(document, {path: seen[path] for path in changes if path in seen})
            if changes:
                marks = {"updatedAt": firestore.SERVER_TIMESTAMP, "lastEdit": entry.id}
                transaction.update(member, changes | marks | _place(document, editor))
                transaction.create(entry, queue_entry(kennitala, changes, editor))
            return changes

        changes = firestore.transactional(write)(self._client.transaction())
        return changes, str(entry.id) if changes else None


def check_seen(document: Mapping[str, Any], seen: Mapping[str, Any]) -> None:
    """Raises CallableError that names the fields in which somebody else was faster."""
    overtaken = [path for path, value in seen.items() if value_at(document, path) != value]
    if overtaken:
        raise CallableError(
            FunctionsErrorCode.ABORTED, f"changed since it was shown: {', '.join(sorted(overtaken))}"
        )


def _place(document: Mapping[str, Any], editor: Editor) -> dict[str, Any]:
    """The place that a member's own edit takes. Staff have no limit. Raises CallableError."""
    if editor.role != "member":
        return {}
    place = taken_place(document, datetime.now(UTC))
    if place is None:
        raise CallableError(FunctionsErrorCode.RESOURCE_EXHAUSTED, "too many changes; wait a minute")
    return place


def value_at(document: Mapping[str, Any], path: str) -> Any:
    """What a document holds at a dotted path; None if it holds nothing there."""
    value: Any = document
    for key in path.split("."):
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def queue_entry(
    kennitala: str, changes: Mapping[str, Any], editor: Editor = Editor("unknown", "member")
) -> dict[str, Any]:
    """The entry of `/sync_queue` that tells of a change, and who made it."""
    return {
        "kennitala": kennitala,
        "target": "django",
        "action": "update",
        "changes": dict(changes),
        "status": "pending",
        "createdAt": firestore.SERVER_TIMESTAMP,
        "syncedAt": None,
        "editedBy": editor.uid,
        "editedAs": editor.role,
    }


def flattened(updates: Mapping[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    """Nested maps to dotted paths: `{"address": {"city": …}}` to `address.city`. Raises CallableError."""
    if depth == DEEPEST:
        raise invalid("the maps of `updates` lie too deep")
    flat: dict[str, Any] = {}
    for name, value in updates.items():
        path = f"{prefix}{name}"
        flat |= flattened(value, f"{path}.", depth + 1) if isinstance(value, Mapping) else {path: value}
    return flat


def _parse(data: Any) -> tuple[str, Mapping[str, Any], Mapping[str, Any] | None]:
    if not isinstance(data, Mapping) or {*data} - {"seen"} != {"kennitala", "updates"}:
        raise invalid("wanted are `kennitala` and `updates`, and perhaps `seen`")
    if not isinstance(data["updates"], Mapping) or not isinstance(data["kennitala"], str):
        raise invalid("`kennitala` is a text and `updates` a map")
    if not isinstance(data.get("seen", {}), Mapping):
        raise invalid("`seen` is a map")
    try:
        return kennitalas.normalise(data["kennitala"]), data["updates"], data.get("seen")
    except kennitalas.InvalidKennitalaError as error:
        raise invalid(str(error)) from error
