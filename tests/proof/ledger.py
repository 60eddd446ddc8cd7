"""Follows what people wrote through both stores, and reports the first write that breaks an invariant.

Unlike the sync, it knows what the author of each change had seen. Values are unique, so each value leads to
its token. (What no field takes may come twice; the conflict log then stands for each time.) A member's state
on each side (entered, deleted, erased) is a token too, and follows every read and write.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sync.documents import MemberWrite, Snapshot
from sync.field_map import load_field_map
from tests.proof.causality import Token, join, known_to
from tests.proof.garbage import NO_MAP, plain, value_at
from tests.proof.numbers import NUMBERS, person
from tests.proof.violation import ViolationError

TRACKED = ("name", "profile.email", "profile.address.street", "membership.joined")
"""One field of each policy and each table; their values are never written twice."""
STAFF_ONLY = "membership.joined"
"""Its policy is that Django always wins: every foreign edit is overwritten and logged."""
EXISTENCE = "existence"
NUMBER = "membership.djangoId"
FIELD_MAP = load_field_map()
Values = dict[str, Any]


class Ledger:
    """The tokens of all members, and which of them each side has reached."""

    def __init__(self) -> None:
        self.written: dict[str, list[Token]] = defaultdict(list)
        """By kennitala, everything that people did."""
        self.values: dict[tuple[str, str, Any], Token] = {}
        self.unfit: dict[str, list[tuple[str, Any, Token]]] = defaultdict(list)
        """By kennitala, what no field takes: path, value, token."""
        self.django: dict[str, Token] = {}
        """The life of each member on this side."""
        self.firestore: dict[str, Token] = {}
        self.accounted: dict[str, set[Token]] = defaultdict(set)
        """Tokens that may be gone: in the conflict log, erased, or entered and deleted unseen."""
        self.unsure: set[Token] = set()
        """Documents that were deleted before a write of ours to them was acknowledged, or a foreign edit was
        answered. Our mark is gone with them, so the member is kept (docs/sync.md, "What it cannot know")."""
        self.doubtful: set[str] = set()
        """Members whose document was set back and then edited, before anybody said what counts: nothing tells
        the old values in it from the new one (docs/sync.md, "What it cannot know")."""
        self.was_set_back = False
        """Whether a store was replaced by an earlier one."""
        self.conflicts = 0
        self._seen: dict[tuple[str, str], Token] = {}
        self._read: dict[tuple[str, str], Mapping[str, Any]] = {}
        self._planned: dict[str, Token] = {}
        self._before: dict[str, tuple[Any, bool]] = {}

    def wrote(self, kennitala: str, label: str, parents: Sequence[Token | None]) -> Token:
        """Somebody changed something and knew these tokens."""
        token = Token(label, parents)
        self.written[person(kennitala)].append(token)
        return token

    def wrote_unfit(self, kennitala: str, path: str, value: Any, known: Token | None) -> None:
        """Somebody wrote what no field takes, perhaps not for the first time."""
        token = self.wrote(kennitala, value, [known])
        self.keep(kennitala, path, value, token)
        self.unfit[person(kennitala)].append((path, value, token))

    def keep(self, kennitala: str, path: str, value: Any, token: Token) -> None:
        """This value leads to the token."""
        self.values[person(kennitala), path, value] = token

    def wrote_over(self, kennitala: str, path: str, value: Any) -> None:
        """A script wrote over this value in the same store, without a look: no sync can keep it."""
        token = self.token(kennitala, path, value)
        if token is not None:
            self.accounted[person(kennitala)].add(token)

    def tokens_of(self, kennitala: str, values: Values | None) -> list[Token]:
        """The tokens of a member's values."""
        found = [self.token(kennitala, path, (values or {}).get(path)) for path in TRACKED]
        return [token for token in found if token is not None]

    def token(self, kennitala: str, path: str, value: Any) -> Token | None:
        """The token of one value; None for a default, which nobody wrote."""
        return self.values.get((person(kennitala), path, plain(value)))

    def set_back(self, kennitala: str, django: Values | None, firestore: Values | None) -> None:
        """A store was replaced by an earlier one: what is on neither side now is gone with it."""
        self.was_set_back = True
        sides = [*self.tokens_of(kennitala, django), *self.tokens_of(kennitala, firestore)]
        kept = known_to([self.django[kennitala], self.firestore[kennitala], *sides])
        self.accounted[kennitala] |= {*self.written[kennitala]} - kept

    def read(self, snapshot: Snapshot) -> None:
        """A worker read documents, and so has seen each member's state there."""
        for member in snapshot.members:
            self._seen[snapshot.read_time, member.kennitala] = self.firestore[person(member.kennitala)]
            self._read[snapshot.read_time, member.kennitala] = member.fields or {}

    def before_apply(self, shadows: dict[str, Any]) -> None:
        """What Django knew of each member before a merge."""
        self._before = {kt: (shadow.base, shadow.erased) for kt, shadow in shadows.items()}

    def applied(self, verdicts: Sequence[tuple[Any, str | None]], read_time: str) -> None:
        """Django merged members."""
        for verdict, operation in verdicts:
            if verdict.outcome in ("clean", "write"):
                self._applied(verdict, operation, read_time)

    def _applied(self, verdict: Any, operation: str | None, read_time: str) -> None:
        number = verdict.presented.kennitala
        kennitala = person(number)
        base, erased = self._before[number]
        theirs = self._seen[read_time, number]
        if erased or verdict.standing.returned or verdict.standing.old_document:
            self.accounted[kennitala] |= known_to(self.tokens_of(kennitala, verdict.before))
            for other in NUMBERS[kennitala]:  # also what one of the halves knows no field for
                document = self._read.get((read_time, other), {})
                there = {path: value_at(document, path) for path in TRACKED}
                self.accounted[kennitala] |= known_to([*self.tokens_of(kennitala, there), theirs])
        self._check_conflicts(kennitala, verdict, theirs)
        self._check_not_brought_back(kennitala, verdict, theirs)
        self._check_not_back("Django", kennitala, verdict.before, verdict.after)
        self.django[kennitala] = self._life_after(kennitala, verdict, theirs, base)
        if operation is not None:
            self._planned[operation] = self.django[kennitala]

    def _life_after(self, kennitala: str, verdict: Any, theirs: Token, base: Any) -> Token:
        """Both states joined, without a deletion that an edit beat: that one must be in the conflict log."""
        ours = self.django[kennitala]
        beaten = None
        if verdict.after is not None and base is not None:
            beaten = ours if verdict.before is None else theirs if verdict.firestore is None else None
        if beaten is None:
            return join(ours, theirs)
        return Token("kept", [theirs if beaten is ours else ours])

    def _check_not_brought_back(self, kennitala: str, verdict: Any, theirs: Token) -> None:
        """A member stays deleted if whoever deleted it knew every change."""
        ours = self.django[kennitala]
        if verdict.after is None or (verdict.before is None) == (verdict.firestore is None):
            return
        gone, alive, values = (
            (ours, theirs, verdict.firestore) if verdict.before is None else (theirs, ours, verdict.before)
        )
        if gone in self.unsure or kennitala in self.doubtful:
            return
        all_there_is = known_to([alive, *self.tokens_of(kennitala, values)])
        if not all_there_is.intersection(self.written[kennitala]) - gone.known:
            raise ViolationError("I4", f"a member was brought back after {gone}")

    def _check_conflicts(self, kennitala: str, verdict: Any, theirs: Token) -> None:
        for lost in verdict.conflicts:
            self.conflicts += 1
            if lost.field == EXISTENCE:
                self.accounted[kennitala].add(self.django[kennitala] if lost.lost_on == "django" else theirs)
                continue
            if plain(lost.firestore) == NO_MAP and lost.field not in TRACKED:
                continue  # The text replaced a map, so it stands for each field that the map had.
            if lost.field == NUMBER and self.was_set_back:
                continue  # Who was deleted and entered again has another one than the earlier document.
            if lost.field not in TRACKED:
                raise ViolationError("I3", f"a conflict over {lost.field}, which nobody edited")
            # Somebody made a second document at an earlier number: nothing tells which of the two knew more.
            self._check_conflict(kennitala, lost, is_sure=len(verdict.takes_over) < 2)

    def _check_conflict(self, kennitala: str, lost: Any, *, is_sure: bool) -> None:
        ours, theirs = (self.token(kennitala, lost.field, side) for side in (lost.django, lost.firestore))
        loser = ours if lost.lost_on == "django" else theirs
        if loser is not None:
            self.accounted[kennitala].add(loser)
        if lost.field == STAFF_ONLY or ours is None or theirs is None or kennitala in self.doubtful:
            return
        if not is_sure or self._is_unsure(ours, theirs):
            return
        if ours.knows(theirs) or theirs.knows(ours):
            raise ViolationError("I3", f"a false conflict over {lost.field}: {ours} and {theirs}")

    def _check_not_back(self, side: str, kennitala: str, before: Values | None, after: Values | None) -> None:
        for path in TRACKED:
            if before is None or after is None or path not in after or before[path] == after[path]:
                continue
            old, new = (self.token(kennitala, path, values[path]) for values in (before, after))
            overwritten = side == "Firestore" and path == STAFF_ONLY
            if old is None or new is None or overwritten or self._is_unsure(new, old):
                continue
            if kennitala in self.doubtful:
                continue  # the old value must be in the log: `lost` finds it otherwise
            if old.knows(new):
                raise ViolationError("I4", f"{side} went back from {old} to {new} in {path}")

    def _is_unsure(self, earlier: Token, later: Token) -> bool:
        """Whether the later token knew the earlier only through a deleted document without a mark."""
        return any(later.knows(gone) and gone.knows(earlier) for gone in self.unsure)

    def forgotten(self, kennitala: str, document: Values | None) -> None:
        """An erasure removed this document."""
        member = person(kennitala)
        gone = [*self.tokens_of(member, document), self.firestore[member]]
        self.accounted[member] |= known_to(gone)
        self.firestore[member] = join(self.django[member], self.firestore[member])

    def committed(self, write: MemberWrite, document: Values | None) -> None:
        """A write of the sync landed over this document."""
        after = None if write.document is None else FIELD_MAP.stated(write.document)
        kennitala = person(write.kennitala)
        self._check_not_back("Firestore", kennitala, document, after)
        life = self._planned[write.operation]
        there = self.firestore[kennitala]
        if document is None and write.update_time is None and not life.knows(there):
            self.accounted[kennitala].add(there)  # entered and deleted unseen between read and write
        self.firestore[kennitala] = life

    def lost(
        self,
        kennitala: str,
        django: Values | None,
        firestore: Values | None,
        logged: Collection[tuple[str, Any]],
    ) -> list[Token]:
        """The changes that neither side has and the conflict log (`logged`: path, value) does not hold."""
        alive = [self.django[kennitala], self.firestore[kennitala]]
        alive += self.tokens_of(kennitala, django) + self.tokens_of(kennitala, firestore)
        alive += [token for path, value, token in self.unfit[kennitala] if (path, value) in logged]
        kept = known_to([*alive, *self.accounted[kennitala]])
        return [token for token in self.written[kennitala] if token not in kept]
