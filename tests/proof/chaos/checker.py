"""Checks a run from outside, without any knowledge of the sync.

It reads what people wrote (`history.jsonl`) and what is there at the end (`end.json`): both stores, the
conflict log, and what is still queued.

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

from tests.proof.chaos.history import Operation, Values, read_history

EXISTENCE = "existence"


@dataclass(frozen=True)
class End:
    """What is there at the end. Members by kennitala, values by field path."""

    django: dict[str, Values]
    firestore: dict[str, Values]
    conflicts: list[dict[str, Any]]
    """Each with kennitala, field, lost_on, and the value on either side."""
    remembered: dict[str, str]
    """By kennitala, the member's values that the sync still holds, as one text."""
    waiting: list[str]
    """Rows and entries that are still announced, or were given up."""
    restless: list[str]
    """What a further run changed."""


@dataclass
class Member:
    """One member's part of a run."""

    kennitala: str
    operations: list[Operation]
    conflicts: list[dict[str, Any]]
    django: Values | None
    firestore: Values | None
    remembered: str

    def did(self, *kinds: str) -> list[Operation]:
        """The operations of these kinds."""
        return [operation for operation in self.operations if operation.kind in kinds]

    def known_to(self, values: Iterable[tuple[str, Any]]) -> set[tuple[str, Any]]:
        """These values and all that their authors saw, back to the first; pairs of path and value."""
        parents = {
            (path, value): (path, operation.saw.get(path))
            for operation in self.did("edit")
            for path, value in operation.values.items()
        }
        known: set[tuple[str, Any]] = set()
        for item in values:
            following: tuple[str, Any] | None = item
            while following is not None and following not in known:
                known.add(following)
                following = parents.get(following)
        return known


def check(operations: Iterable[Operation], end: End) -> list[str]:
    """Every violation, a line each, with the invariant's number."""
    found = [f"I6: still waiting: {item}" for item in end.waiting]
    found += [f"I5: written again: {item}" for item in end.restless]
    for member in _members(operations, end):
        for invariant in (_convergence, _existence, _lost_updates, _false_conflicts, _erasure):
            found += [f"{problem} ({member.kennitala})" for problem in invariant(member)]
    return found


def _members(operations: Iterable[Operation], end: End) -> Iterator[Member]:
    by_kennitala: dict[str, list[Operation]] = defaultdict(list)
    for operation in operations:
        if operation.done:
            by_kennitala[operation.kennitala].append(operation)
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
    """Only deleted members are gone. A deleted one is back only after a logged edit, or if entered again."""
    deletions = member.did("delete", "erase")
    if member.django is None and not deletions:
        yield "I2: gone, though nobody deleted this member"
    if member.django is None or not deletions or len(member.did("enter")) > 1:
        return
    if member.did("erase"):
        yield "I4: erased, and back without having been entered"
    elif not any(row["field"] == EXISTENCE for row in member.conflicts):
        yield "I4: deleted, and back without an entry in the conflict log"


def _lost_updates(member: Member) -> Iterator[str]:
    """Each written value is an ancestor of the end, in the log, or was seen by whoever deleted the member."""
    if member.did("erase"):
        return
    kept = list((member.django or {}).items())
    kept += [(row["field"], row[row["lost_on"]]) for row in member.conflicts]
    kept += [item for operation in member.did("delete") for item in operation.saw.items()]
    known = member.known_to(kept)
    for operation in member.did("edit", "enter"):
        for item in operation.values.items():
            if item not in known:
                times = f"{operation.started:.3f}-{operation.ended:.3f}"
                yield f"I2: lost: {item}, written {times} in {operation.side}"


def _false_conflicts(member: Member) -> Iterator[str]:
    written = {item for operation in member.did("edit", "enter") for item in operation.values.items()}
    for row in member.conflicts:
        if row["field"] == EXISTENCE:
            continue
        ours, theirs = (row["field"], row["django"]), (row["field"], row["firestore"])
        if ours not in written or theirs not in written:
            yield f"I3: a conflict over a value that nobody wrote: {row}"
        elif ours in member.known_to([theirs]) or theirs in member.known_to([ours]):
            yield f"I3: a conflict though one author knew the other's value: {row}"


def _erasure(member: Member) -> Iterator[str]:
    """No value that an erasure saw is kept anywhere."""
    everything = member.remembered + json.dumps([member.django, member.firestore], ensure_ascii=False)
    for operation in member.did("erase"):
        for path, value in operation.saw.items():
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
