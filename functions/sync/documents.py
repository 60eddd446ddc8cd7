"""Members' documents on their way between Firestore and Django.

Times are RFC 3339 texts as Firestore gives them (up to nanoseconds). They are passed on as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from google.api_core.datetime_helpers import DatetimeWithNanoseconds

LARGEST_NUMBER = 2**31
LONGEST_ERASURE = 36
MARK = "sync"
"""The map of a document in which our writes say what they know of it."""
RESTING = f"{MARK}.resting"


@dataclass(frozen=True)
class StoredMember:
    """A member's document as it was read: synced fields, `sync` and `updatedAt`; None if there is none."""

    kennitala: str
    fields: Mapping[str, Any] | None
    update_time: str | None = None

    @property
    def _mark(self) -> Mapping[str, Any]:
        mark = (self.fields or {}).get(MARK)
        return mark if isinstance(mark, Mapping) else {}

    @property
    def operation(self) -> str | None:
        """The operation id that our last write left in the document."""
        operation = self._mark.get("operation")
        return operation if isinstance(operation, str) else None

    @property
    def erasure(self) -> str | None:
        """Which erasure of this person the document says it is from after."""
        erasure = self._mark.get("erasure")
        return erasure if isinstance(erasure, str) and 0 < len(erasure) <= LONGEST_ERASURE else None

    @property
    def told(self) -> dict[str, str]:
        """Why fields rest, by path, as our last write left it in the document."""
        told = self._mark.get("resting")
        entries = told.items() if isinstance(told, Mapping) else ()
        return {str(path): reason for path, reason in entries if isinstance(reason, str)}

    @property
    def edited(self) -> str | None:
        """The document's `updatedAt`, which every write sets; a restored document has its old one."""
        moment = (self.fields or {}).get("updatedAt")
        return moment.rfc3339() if isinstance(moment, DatetimeWithNanoseconds) else None


def number_of(member: StoredMember) -> int:
    """The register's number of this member as the document states it, else 0."""
    membership = (member.fields or {}).get("membership")
    number = membership.get("djangoId") if isinstance(membership, Mapping) else None
    return number if isinstance(number, int) and 0 < number < LARGEST_NUMBER else 0


@dataclass(frozen=True)
class Epoch:
    """The mark that both stores carry, as Firestore has it; `update_time` of its document."""

    line: str
    number: int
    update_time: str = ""


@dataclass(frozen=True)
class Snapshot:
    """Documents of one consistent read, all as of `read_time`, and the epoch that Firestore had then."""

    read_time: str
    members: tuple[StoredMember, ...]
    epoch: Epoch | None = None


@dataclass(frozen=True)
class TakenOver:
    """A document at an old number; it must still be as of this `update_time`."""

    kennitala: str
    update_time: str


@dataclass(frozen=True)
class MemberWrite:
    """A decided write: `document` (None deletes) lands only if the document is still as `update_time` says.

    An `update_time` of None demands that there is no document.
    """

    kennitala: str
    document: Mapping[str, Any] | None
    update_time: str | None
    operation: str
    rev: int
    resting: Mapping[str, str] | None = None
    """Why fields rest, by path: `document` lacks them, and the document is to say so."""
    takes_over: tuple[TakenOver, ...] = ()
    """What stands at this member's old numbers; it goes in the same commit."""
    erasure: str | None = None
    """Which erasure of this person the document is to say it is from after."""
    whole: bool = False
    """Nothing of what is there stays, for it is from before an erasure."""

    @property
    def mark(self) -> dict[str, Any]:
        """What the document is to say of this write, by path."""
        said: dict[str, Any] = {f"{MARK}.operation": self.operation}
        if self.resting:
            said[RESTING] = dict(self.resting)
        if self.erasure:
            said[f"{MARK}.erasure"] = self.erasure
        return said


class WriteFate(Enum):
    """What became of a write."""

    LANDED = "landed"
    OVERTAKEN = "overtaken"
    """The precondition did not hold: somebody else wrote first."""
    UNKNOWN = "unknown"
    """No answer, or one that asks for another try. The write may have landed."""
    REFUSED = "refused"
    """Firestore will never accept this document."""


@dataclass(frozen=True)
class WriteResult:
    """A write's fate, and the time of the commit if it landed."""

    fate: WriteFate
    update_time: str | None = None
    message: str = ""
