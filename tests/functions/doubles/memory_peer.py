"""Django's half of the sync in memory, with the interface of `sync.peer.DjangoPeer`.

A member is a flat map of path → value. The merge is the three-way merge of docs/adr/0002 in its simplest
form, with the merge base, live intents and dirty marks that the real one keeps.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sync.failures import RefusedError, TransientError
from sync.field_map import DJANGO_ALWAYS, MEMBER_WINS, FieldMap, load_field_map, nest
from sync.peer import (
    Acknowledgement,
    Changes,
    Claim,
    ClaimedChange,
    DecidedWrite,
    FieldChange,
    HashPage,
    Lost,
    MemberFailure,
    MemberHash,
    Precondition,
    Presented,
    Verdict,
    VerdictError,
)

Values = dict[str, Any]


@dataclass
class Member:
    """What Django knows about one kennitala."""

    values: Values | None = None
    base: Values | None = None
    rev: int = 0
    read_time: str = ""
    intents: dict[str, Values | None] = field(default_factory=dict)


@dataclass
class MemoryPeer:
    """The register, and every fault a caller may meet."""

    field_map: FieldMap = field(default_factory=load_field_map)
    members: dict[str, Member] = field(default_factory=dict)
    dirty: dict[str, int] = field(default_factory=dict)
    """Kennitala → the revision that is not known to be in Firestore."""
    conflicts: list[Lost] = field(default_factory=list)
    failures: list[MemberFailure] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    apply_calls: list[list[str]] = field(default_factory=list)
    outages: int = 0
    poison: set[str] = field(default_factory=set)
    """Members for whom the whole request is refused."""
    invalid: set[str] = field(default_factory=set)
    """Members whose values Django cannot take."""
    silent: set[str] = field(default_factory=set)
    """Members that get no verdict."""
    leased: set[str] = field(default_factory=set)
    _operations: Any = field(default_factory=lambda: itertools.count(1))

    def edit(self, kennitala: str, /, **changes: Any) -> None:
        """An edit by staff: `profile__email="…"` stands for the path `profile.email`."""
        member = self.members.setdefault(kennitala, Member())
        values = member.values or self.field_map.flatten({"kennitala": kennitala})
        member.values = values | {name.replace("__", "."): value for name, value in changes.items()}
        self._mark(kennitala)

    def put(self, document: Values) -> None:
        """A member made by staff."""
        values = self.field_map.flatten(document)
        self.edit(values["kennitala"], **values)

    def delete(self, kennitala: str) -> None:
        self.members[kennitala].values = None
        self._mark(kennitala)

    def value(self, kennitala: str, path: str) -> Any:
        values = self.members[kennitala].values
        return None if values is None else values[path]

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        self._check_outage()
        names = [kennitala for kennitala in self.dirty if kennitala not in self.leased][:limit]
        self.leased.update(names)
        remaining = len(self.dirty.keys() - self.leased)
        return Claim(changes=[ClaimedChange(kennitala=name) for name in names], remaining=remaining)

    def pending(self, limit: int) -> Claim:
        return Claim(changes=[ClaimedChange(kennitala=name) for name in [*self.dirty][:limit]], remaining=0)

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        allow_deletions: bool = False,
    ) -> dict[str, Verdict]:
        """It holds no deletion back."""
        self._check_outage()
        names = [document.kennitala for document in documents]
        self.apply_calls.append(names)
        if self.poison.intersection(names):
            raise RefusedError("Django answered apply/ with HTTP 400")
        return {
            document.kennitala: self._judge(read_time, document, dry_run)
            for document in documents
            if document.kennitala not in self.silent
        }

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        self._check_outage()
        self.failures.extend(failures)
        self.acknowledgements.extend(acknowledgements)
        self.leased.difference_update(failure.kennitala for failure in failures)
        for failure in failures:
            if failure.permanent:
                self.dirty.pop(failure.kennitala, None)
        return {item.kennitala: self._acknowledge(item) for item in acknowledgements}

    def hashes(self, after: str | None, limit: int) -> HashPage:
        self._check_outage()
        names = sorted(
            name for name, member in self.members.items() if member.values and name > (after or "")
        )
        page = names[:limit]
        rows = [
            MemberHash(kennitala=name, hash=self.field_map.hash(nest(self.members[name].values or {})))
            for name in page
        ]
        return HashPage(members=rows, next=page[-1] if len(page) == limit else None)

    def _judge(self, read_time: str, shown: Presented, dry_run: bool) -> Verdict:
        member = self.members.setdefault(shown.kennitala, Member())
        if read_time < member.read_time:
            return Verdict(outcome="stale")
        if shown.kennitala in self.invalid:
            error = VerdictError(
                code="invalid_value", message="profile.phone is not a number", permanent=True
            )
            return Verdict(outcome="error", error=error)
        theirs = None if shown.document is None else self.field_map.flatten(shown.document)
        base = member.intents.get(shown.operation or "", member.base)
        merged, lost = self._merge(member.values, theirs, base)
        changes = Changes(django=_changes(member.values, merged), firestore=_changes(theirs, merged))
        write = None
        if merged != theirs:
            write = self._decided(shown, merged, member, dry_run)
        if not dry_run:
            self._remember(member, shown, merged, theirs, read_time, write)
            self.conflicts += lost
        return Verdict(outcome="write" if write else "clean", write=write, conflicts=lost, changes=changes)

    def _remember(
        self,
        member: Member,
        shown: Presented,
        merged: Values | None,
        theirs: Values | None,
        read_time: str,
        write: DecidedWrite | None,
    ) -> None:
        member.rev += merged != member.values
        member.values, member.base, member.read_time = merged, theirs, read_time
        member.intents = {}
        if write is None:
            self.dirty.pop(shown.kennitala, None)
            self.leased.discard(shown.kennitala)
        else:
            member.intents[write.operation] = merged
            self.dirty.setdefault(shown.kennitala, member.rev)

    def _decided(
        self, shown: Presented, merged: Values | None, member: Member, dry_run: bool
    ) -> DecidedWrite:
        exists = shown.document is not None
        return DecidedWrite(
            document=None if merged is None else nest(merged),
            precondition=Precondition(update_time=shown.update_time)
            if exists
            else Precondition(exists=False),
            operation="" if dry_run else f"operation-{next(self._operations)}",
            rev=member.rev + (merged != member.values),
        )

    def _merge(
        self, ours: Values | None, theirs: Values | None, base: Values | None
    ) -> tuple[Values | None, list[Lost]]:
        if ours is None or theirs is None:
            present = ours or theirs
            return (None if base is not None and present == base else present), []
        merged, lost = {}, []
        for item in self.field_map.fields:
            here, there, then = ours[item.path], theirs[item.path], (base or {}).get(item.path)
            merged[item.path] = there if here == then and item.policy != DJANGO_ALWAYS else here
            if here not in (there, then) and there != then:
                wins = item.policy == MEMBER_WINS
                merged[item.path] = there if wins else here
                loser: Literal["django", "firestore"] = "django" if wins else "firestore"
                lost.append(
                    Lost(field=item.path, lost_on=loser, django=here, firestore=there, reason=item.policy)
                )
        return merged, lost

    def _acknowledge(self, item: Acknowledgement) -> str:
        member = self.members[item.kennitala]
        if item.operation not in member.intents:
            return "dead_intent"
        member.base = member.intents[item.operation]
        member.intents = {}
        member.read_time = max(member.read_time, item.update_time or "")
        self.leased.discard(item.kennitala)
        if member.rev != item.rev:
            return "still_dirty"
        self.dirty.pop(item.kennitala, None)
        return "acknowledged"

    def _mark(self, kennitala: str) -> None:
        self.members[kennitala].rev += 1
        self.dirty[kennitala] = self.members[kennitala].rev

    def _check_outage(self) -> None:
        if self.outages:
            self.outages -= 1
            raise TransientError("Django did not answer")


def _changes(before: Values | None, after: Values | None) -> list[FieldChange]:
    if after is None:
        return [] if before is None else [FieldChange(field="existence", before=True, after=False)]
    return [
        FieldChange(field=path, before=(before or {}).get(path), after=value)
        for path, value in after.items()
        if (before or {}).get(path) != value
    ]
