"""What the sync needs of Django, and the shapes that travel (version 1 of the API under `api/sync/`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .documents import Epoch, Snapshot
from .options import NOTHING_SAID, Word

WIRE_VERSION = 1


class Shape(BaseModel):
    """An answer's shape. Unknown keys are ignored, so that a newer Django may send more."""

    model_config = ConfigDict(extra="ignore", frozen=True, strict=True)


class ClaimedChange(Shape):
    """A member that has changed in PostgreSQL."""

    kennitala: str


class Claim(Shape):
    """Changed members, leased to the worker that asked, and how many more wait."""

    changes: list[ClaimedChange]
    remaining: int


class Precondition(Shape):
    """What must hold in Firestore: this update time, or no document."""

    update_time: str | None = None
    exists: Literal[False] | None = None


class FoundMember(Shape):
    """A member as a search shows them; the kennitala is masked."""

    djangoId: int  # noqa: N815 - as the documents name it
    name: str
    kennitala: str
    email: str
    phone: str
    city: str
    status: str


class FoundMembers(Shape):
    """A page of the members whom a search finds, and how many there are."""

    total: int
    members: list[FoundMember]


class OldDocument(Shape):
    """A document at an old number, as Django was shown it."""

    kennitala: str
    update_time: str


class DecidedWrite(Shape):
    """What Firestore should hold; a document of None means that it should hold none."""

    document: dict[str, Any] | None
    precondition: Precondition
    operation: str
    rev: int
    takes_over: list[OldDocument] = Field(default_factory=list)
    """What stands at old numbers of a member whose kennitala was corrected; it goes with this write."""
    erasure: str | None = None
    whole: bool = False


class FieldChange(Shape):
    """One field's change, with the reason."""

    field: str
    before: Any = None
    after: Any = None
    reason: str | None = None


class Changes(Shape):
    """What the merge changes on each side."""

    django: list[FieldChange] = Field(default_factory=list)
    firestore: list[FieldChange] = Field(default_factory=list)


class Lost(Shape):
    """A conflict: both sides edited a field, and one value lost. Django's conflict log keeps it."""

    field: str
    lost_on: Literal["django", "firestore"]
    django: Any = None
    firestore: Any = None
    reason: str


class VerdictError(Shape):
    """Why this member could not be merged."""

    code: str
    message: str
    permanent: bool


class HeldMember(Shape):
    """A member who waits for a person's decision."""

    kennitala: str
    name: str
    reason: str
    where: str
    """The side on which they would be deleted."""
    fingerprint: str
    """Says which deletion it is: another one has another fingerprint."""


class HeldPage(Shape):
    """Held members in the order of the kennitala; the next page begins after `next`, None at the end."""

    members: list[HeldMember]
    next: str | None


class Verdict(Shape):
    """Django's answer for one member."""

    outcome: Literal["clean", "write", "stale", "error", "held", "together"]
    write: DecidedWrite | None = None
    conflicts: list[Lost] = Field(default_factory=list)
    changes: Changes = Field(default_factory=Changes)
    error: VerdictError | None = None
    resting: dict[str, str] = Field(default_factory=dict)
    """Why fields are not synced now, by path; all others are."""
    together: list[str] = Field(default_factory=list)
    """With whom this member is to be shown in one call: old and new number of one who was corrected."""
    moved_to: str | None = None
    """The new number, if this is an old one."""
    unknown_fields: list[str] = Field(default_factory=list)
    """Unknown fields in the document. Not part of Django's answer: verdicts.py adds them."""

    @model_validator(mode="after")
    def _says_what(self) -> Verdict:
        if (self.outcome == "write") != (self.write is not None):
            raise ValueError("a verdict decides a write if and only if it is called one")
        return self


class Presented(Shape):
    """A member's document as it is sent to Django; `document` is None if Firestore has none."""

    kennitala: str
    document: dict[str, Any] | None
    update_time: str | None
    operation: str | None
    told: dict[str, str] = Field(default_factory=dict)
    """Which fields the document says rest, and why."""
    edited: str | None = None
    """The document's `updatedAt`, which every write of a document sets."""
    erasure: str | None = None
    """Which erasure of this person the document says it is from after."""
    listed: str | None = None
    """The last erasure of this person, by the list of erased keys."""


class Acknowledgement(Shape):
    """A write that landed."""

    kennitala: str
    operation: str
    rev: int
    update_time: str | None


class MemberFailure(Shape):
    """A member that could not be reconciled."""

    kennitala: str
    message: str
    permanent: bool


class IssuedEpoch(Shape):
    """The epoch that Firestore is to have."""

    line: str
    number: int


class MemberHash(Shape):
    """The hash of a member's synced fields in PostgreSQL."""

    kennitala: str
    hash: str


class HashPage(Shape):
    """Hashes in the order of the kennitala; the next page begins after `next`, which is None at the end."""

    members: list[MemberHash]
    next: str | None
    fields: list[str] = Field(default_factory=list)
    """The paths that were hashed; none from a Django that does not say which fields it knows."""


class Round(Shape):
    """How far the comparison of all members has come: up to `after`; empty if to the end, or not at all.

    `cut_off`: when the run before this one began, if it never came to its end.
    """

    after: str = ""
    left: int | None = None
    cut_off: str | None = None


class Erasure(Shape):
    """A person whom the register has erased, and whom the cloud is to forget."""

    kennitala: str
    erasure: str


class Erasures(Shape):
    """Those that are next."""

    erasures: list[Erasure]


class RememberedPage(Shape):
    """People who are no members, and whom the register's records name; the next page begins after `next`."""

    kennitalas: list[str] = Field(default_factory=list)
    next: str | None = None


ACKNOWLEDGED = "acknowledged"


class DjangoPeer(Protocol):
    """The API of the host. Every call raises TransientError, or PermanentError if it is refused."""

    @property
    def heard(self) -> str | None:
        """What Django's last answer said of the fields that it knows; see `shared_fields`."""

    def epoch(self, seen: Snapshot, *, advance: bool) -> IssuedEpoch | None:
        """Compare the epoch that Firestore had in this read, and issue the next number if asked.

        None if Django is of a version that knows no epoch. Raises SetBackError.
        """

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        """Lease members that have changed, so that other workers leave them alone for a while."""

    def pending(self, limit: int) -> Claim:
        """Look at the members that have changed, without leasing them."""

    def settle_restore(self, seen: Snapshot) -> IssuedEpoch:
        """Every member is reconciled after a restore: the epoch for Firestore. Raises SyncError."""

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        carried: Epoch | None = None,
        word: Word = NOTHING_SAID,
    ) -> dict[str, Verdict]:
        """Have documents merged; an answer per kennitala. Raises SetBackError, for all of them.

        A dry run changes nothing. `carried`: the epoch that Firestore had when they were read. `word`: what
        a person has decided.
        """

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        """Report what landed and what failed; returns per kennitala what Django made of it."""

    def hashes(self, after: str | None, limit: int) -> HashPage:
        """A page of the nightly comparison."""

    def begin_round(self) -> Round:
        """A run begins to compare: where it goes on (from the beginning, if Django keeps no round)."""

    def end_round(self, reached: str | None) -> Round:
        """A run has compared everybody up to there, or to the end (None); how many are left."""

    def held(self, after: str | None, limit: int) -> HeldPage:
        """A page of those who wait for a person."""

    def erasures(self, done: Sequence[Erasure], limit: int) -> list[Erasure]:
        """Tell which people the cloud has forgotten; up to `limit` others whom it is to forget."""

    def remembered(self, after: str | None, limit: int) -> RememberedPage:
        """A page of people who are no members, and whom the register's records name all the same."""
