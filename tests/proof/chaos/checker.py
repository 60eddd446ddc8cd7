"""Judges a run from outside: it knows what people wrote (`history.jsonl`), and what is there at the end
(`end.json`): both stores, the conflict log, what is still queued. Of the sync it knows nothing.

    python -m tests.proof.chaos.checker FOLDER
"""

from __future__ import annotations

import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.proof.chaos.history import Deed, Values, read_history

EXISTENCE = "existence"


@dataclass(frozen=True)
class End:
    """What is there when all is over. Members by kennitala, values by field path."""

    django: dict[str, Values]
    firestore: dict[str, Values]
    conflicts: list[dict[str, Any]]
    """Each with kennitala, field, lost_on, and the value on either side."""
    remembered: dict[str, str]
    """By kennitala, all that the sync still holds of a member's values, as one text."""
    waiting: list[str]
    """What is still announced or given up."""
    restless: list[str]
    """What a further run changed."""


@dataclass
class Member:
    """One member's part of a run."""

    kennitala: str
    deeds: list[Deed]
    conflicts: list[dict[str, Any]]
    django: Values | None
    firestore: Values | None
    remembered: str

    def did(self, *kinds: str) -> list[Deed]:
        """The deeds of these kinds."""
        return [deed for deed in self.deeds if deed.kind in kinds]

    def known_to(self, values: Iterable[tuple[str, Any]]) -> set[tuple[str, Any]]:
        """These values and all that their authors saw, back to the first; pairs of path and value."""
        parents = {
            (path, value): (path, deed.saw.get(path))
            for deed in self.did("edit")
            for path, value in deed.values.items()
        }
        known: set[tuple[str, Any]] = set()
        for item in values:
            following: tuple[str, Any] | None = item
            while following is not None and following not in known:
                known.add(following)
                following = parents.get(following)
        return known


def check(deeds: Iterable[Deed], end: End) -> list[str]:
    """Every violation, a line each, with the invariant's number."""
    found = [f"I6: still waiting: {item}" for item in end.waiting]
    found += [f"I5: written again: {item}" for item in end.restless]
    for member in _members(deeds, end):
        for judge in (_convergence, _existence, _lost_updates, _false_conflicts, _erasure):
            found += [f"{problem} ({member.kennitala})" for problem in judge(member)]
    return found


def _members(deeds: Iterable[Deed], end: End) -> Iterator[Member]:
    by_kennitala: dict[str, list[Deed]] = defaultdict(list)
    for deed in deeds:
        if deed.done:
            by_kennitala[deed.kennitala].append(deed)
    for kennitala in sorted({*by_kennitala, *end.django, *end.firestore}):
        yield Member(
            kennitala,
            by_kennitala[kennitala],
            [row for row in end.conflicts if row["kennitala"] == kennitala],
            end.django.get(kennitala),
            end.firestore.get(kennitala),
            end.remembered.get(kennitala, ""),
        )


def _convergence(member: Member) -> Iterator[str]:
    if member.django != member.firestore:
        yield f"I1: the sides differ: {member.django} and {member.firestore}"


def _existence(member: Member) -> Iterator[str]:
    """Nobody vanishes undeleted; who was deleted is back for a logged edit, or entered again."""
    deletions = member.did("delete", "erase")
    if member.django is None and not deletions:
        yield "I2: gone, though nobody deleted this member"
    if member.django is None or not deletions or len(member.did("enter")) > 1:
        return
    if member.did("erase"):
        yield "I4: erased, and back without having been entered"
    elif not any(row["field"] == EXISTENCE for row in member.conflicts):
        yield "I4: deleted, and back without a word in the conflict log"


def _lost_updates(member: Member) -> Iterator[str]:
    """Each value written is known to the end, to the log, or to whoever deleted the member."""
    if member.did("erase"):
        return
    kept = list((member.django or {}).items())
    kept += [(row["field"], row[row["lost_on"]]) for row in member.conflicts]
    kept += [item for deed in member.did("delete") for item in deed.saw.items()]
    known = member.known_to(kept)
    for deed in member.did("edit", "enter"):
        for item in deed.values.items():
            if item not in known:
                yield f"I2: lost: {item}, written {deed.started:.3f}-{deed.ended:.3f} in {deed.side}"


def _false_conflicts(member: Member) -> Iterator[str]:
    written = {item for deed in member.did("edit", "enter") for item in deed.values.items()}
    for row in member.conflicts:
        if row["field"] == EXISTENCE:
            continue
        ours, theirs = (row["field"], row["django"]), (row["field"], row["firestore"])
        if ours not in written or theirs not in written:
            yield f"I3: a conflict over what nobody wrote: {row}"
        elif ours in member.known_to([theirs]) or theirs in member.known_to([ours]):
            yield f"I3: a conflict though one knew the other: {row}"


def _erasure(member: Member) -> Iterator[str]:
    """Nothing written before an erasure began, and seen by it, is kept anywhere."""
    everything = member.remembered + json.dumps([member.django, member.firestore], ensure_ascii=False)
    for deed in member.did("erase"):
        for path, value in deed.saw.items():
            if value is not None and f'"{value}"' in everything:
                yield f"I2: erased, and still there: {path}"


def check_folder(folder: Path) -> list[str]:
    """Check a recorded run."""
    end = End(**json.loads((folder / "end.json").read_text(encoding="utf-8")))
    return check(read_history(folder / "history.jsonl"), end)


if __name__ == "__main__":
    problems = check_folder(Path(sys.argv[1]))
    print("\n".join(problems) or "nothing found")
    sys.exit(bool(problems))
