"""Firestore's events (`google.cloud.firestore.document.v1.written`): only the kennitala in them is used.

They come at least once and in any order, so a value in them may be out of date: what changed is read again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from google.events.cloud.firestore import Document, DocumentEventData

from runtime.kennitala import is_kennitala


class UnreadableEventError(ValueError):
    """An event that names no document."""


@dataclass(frozen=True)
class MemberEvent:
    """A write to one member's document."""

    kennitala: str
    is_echo: bool
    """The write was the sync's own.

    Only the sync can write `sync.operation` (the rules refuse it to every client), and each of its writes
    sets a new one. So a write that changed it is the sync's, and its worker either acknowledges it or leaves
    the member dirty in PostgreSQL, for the sweep to find. A document that is restored from an export may look
    the same; the nightly comparison finds that.
    """

    changes_rights: bool = False
    """The write changed the member's roles or membership, or removed them. A new member has none to lose,
    except if it is one whose kennitala was corrected: then rights are to be carried over.
    """

    @classmethod
    def parse(cls, data: bytes) -> MemberEvent:
        """Read the event's protobuf body. Raises UnreadableEventError."""
        try:
            event = DocumentEventData.deserialize(data)
        except Exception as error:  # whatever the protobuf runtime in use raises
            raise UnreadableEventError("the event's body is not that of a Firestore event") from error
        name = event.value.name or event.old_value.name
        kennitala = name.rpartition("/members/")[2]
        if not is_kennitala(kennitala):
            raise UnreadableEventError("the event is about no member's document")
        before, after = _operation(event.old_value), _operation(event.value)
        return cls(
            kennitala,
            is_echo=after is not None and after != before,
            changes_rights=_waits(event.value)
            or (bool(event.old_value.name) and _rights(event.old_value) != _rights(event.value)),
        )


def _operation(document: Document) -> Any:
    mark = document.fields.get("sync")
    operation = mark.map_value.fields.get("operation") if mark is not None else None
    return operation.string_value or None if operation is not None else None


def _waits(document: Document) -> bool:
    """Whether old numbers are named there, whose rights are not carried over yet."""
    named = document.fields.get("movedFrom")
    return named is not None and len(named.array_value.values) > 0


def _rights(document: Document) -> tuple[Any, Any]:
    """Roles and standing, as they stand in the document; a document that is gone has neither."""
    return document.fields.get("roles"), document.fields.get("membership")
