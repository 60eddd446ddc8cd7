"""`make proof PROOF=rules N=10000 SEED=1`: what the rules let through, the other half takes.

Sends random batches to the emulator, as an attacker would, and looks at each document that came of one that
was written: the functions and Django must be able to convert all of it, and nothing else may have changed.
A run is repeated by its seed, one batch of it by `python -m tools proof rules --seed SEED --only NUMBER`.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from bench.rig import running_emulator
from members.profile_update import value_at
from members.values import InvalidValueError, canonical
from merge_engine import documents
from merge_engine.unfit import is_unfit, reasons
from sync.field_map import load_field_map, nest
from tests.rules.batches import ADMIN, AT_FIRST, FIELDS, MEMBER, OTHER, Batch, made, row_of
from tests.rules.conftest import PROJECT, RULES
from tests.rules.rest import Rest
from tools.proof.proof import Attempt, Portion, Proof

PEOPLE = tuple(f"members/{kennitala}" for kennitala in (MEMBER, OTHER, ADMIN))
MOST_BYTES = 8 * 1024
"""Of a document that began with less than one kilobyte."""
LONGEST_NAME = 40
RATE = ("editPlace", "editTimes")
EDITED = {"profile", "updatedAt", "lastEdit", *RATE}
ENTRY = {
    "kennitala",
    "target",
    "action",
    "changes",
    "status",
    "createdAt",
    "syncedAt",
    "editedBy",
    "editedAs",
}
SEEN = "seen"
"""What an entry has, too, if its author says what they saw."""
FIELD_MAP = load_field_map()


@dataclass
class Result:
    """How many batches were written and how many refused, and what should not have been."""

    written: int = 0
    refused: int = 0
    violations: list[str] = field(default_factory=list)


def fuzz(rest: Rest, seed: int, numbers: range) -> Result:
    """Send the batches of these numbers."""
    result = Result()
    begin(rest)
    before = rest.look(PEOPLE)
    for number in numbers:
        batch = made(seed, number)
        if not rest.commit(batch.writes(rest), batch.claims):
            result.refused += 1
            continue
        result.written += 1
        after = rest.look([*PEOPLE, f"sync_queue/{batch.entry_id}"])
        wrong = sorted(set(_wrong(batch, before, after)))
        result.violations += [f"batch {number} of seed {seed}: {what}" for what in wrong]
        if wrong:
            begin(rest)
        forget_the_rate(rest, batch.author)
        before = rest.look(PEOPLE) if wrong else after
    return result


def begin(rest: Rest) -> None:
    """The three members as they are at first."""
    for path in PEOPLE:
        rest.put(path, _document(path.partition("/")[2]))


def forget_the_rate(rest: Rest, kennitala: str = MEMBER) -> None:
    """A minute passes for this member."""
    name = rest.name(f"members/{kennitala}")
    rest.commit([{"update": {"name": name, "fields": {}}, "updateMask": {"fieldPaths": [*RATE]}}], None)


def _document(kennitala: str) -> dict[str, Any]:
    return {
        "kennitala": kennitala,
        "name": "Gervimaður",
        "verified": True,
        "roles": ["admin"] if kennitala == ADMIN else ["member"],
        "profile": {**nest(AT_FIRST)["profile"], "birthday": "1930-01-01"},
        "membership": {"status": "active", "joined": "2019-01-06T16:43:47Z", "djangoId": 1},
        "sync": {"operation": "operation-1"},
    }


def _wrong(batch: Batch, before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    """What is wrong after a batch that was written. Both have documents by path."""
    own = f"members/{batch.author}"
    others = (path for path in PEOPLE if path != own)
    yield from (f"{path} was changed, too" for path in others if after[path] != before[path])
    document = after[own]
    if document is None:
        yield "the document is gone"
        return
    yield from _unconvertible(document)
    yield from _foreign_changes(before[own], document)
    if _size(document) > MOST_BYTES or len(str(document.get("lastEdit", ""))) > LONGEST_NAME:
        yield "the document has grown"
    entry = after[f"sync_queue/{batch.entry_id}"] or {}
    yield from _wrong_entry(entry, batch.author)
    yield from _unseen(before[own], entry)


def _unconvertible(document: dict[str, Any]) -> Iterator[str]:
    sent = json.loads(json.dumps(FIELD_MAP.extract(document)))
    raw = documents.flatten(sent)
    values = documents.canonical(raw)
    yield from reasons(values).values()
    for row in FIELDS:
        if not is_unfit(values[row.path]):
            yield from _refused_by_the_function(row.path, raw[row.path])


def _refused_by_the_function(path: str, value: Any) -> Iterator[str]:
    row = row_of(path)
    if value is None or row is None:
        return
    try:
        taken = canonical(row, value)
    except InvalidValueError as error:
        yield f"the function: {error}"
        return
    if taken != (unicodedata.normalize("NFC", value) if isinstance(value, str) else value):
        yield f"the function writes {path} in another form"


def _foreign_changes(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    yield from (
        f"{name} was changed"
        for name in before.keys() | after.keys() - EDITED
        if before.get(name) != after.get(name) and name not in EDITED
    )
    ours = {path.split(".")[1] for path in FIELD_MAP.paths if path.startswith("profile.")}
    inner = {row.keys[2] for row in FIELDS if len(row.keys) > 2}
    yield from (f"profile.{name} came" for name in after["profile"].keys() - ours)
    address = after["profile"].get("address")
    if isinstance(address, dict):
        yield from (f"address.{name} came" for name in address.keys() - inner)
    if before["profile"].get("birthday") != after["profile"].get("birthday"):
        yield "profile.birthday was changed"


def _wrong_entry(entry: dict[str, Any], author: str) -> Iterator[str]:
    if entry.keys() - {SEEN} != ENTRY:
        yield f"an entry of {sorted(entry)}"
        return
    if entry["kennitala"] != author or entry["status"] != "pending" or _size(entry) > MOST_BYTES:
        yield "an entry that is none"
    for path, value in entry["changes"].items():
        if row_of(path) is None:
            yield f"an entry that asks for {path}"
        yield from _refused_by_the_function(path, value)


def _unseen(before: dict[str, Any], entry: dict[str, Any]) -> Iterator[str]:
    """What was written over, though its author says that they saw something else."""
    seen = entry.get(SEEN, {path: value_at(before, path) for path in entry.get("changes", {})})
    if seen.keys() != entry.get("changes", {}).keys():
        yield "what was seen is told of other fields than the changed ones"
    yield from (f"{path} held something else" for path in seen if value_at(before, path) != seen[path])


def _size(document: dict[str, Any]) -> int:
    return len(json.dumps(document, default=str).encode())


@contextmanager
def opened() -> Iterator[Attempt]:
    """An emulator with the rules."""
    with running_emulator(f"--rules={RULES}", f"--project_id={PROJECT}") as address:
        rest = Rest(address, PROJECT)
        yield lambda seed, numbers: _portion(fuzz(rest, seed, numbers))


def _portion(result: Result) -> Portion:
    return Portion({"written": result.written, "refused": result.refused}, result.violations)


PROOF = Proof(
    claim="What the rules let through, the other half takes, and nothing else changes.",
    unit="batches",
    size=10_000,
    portion=500,
    opened=opened,
)
