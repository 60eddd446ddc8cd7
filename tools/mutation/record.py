"""What every clone knows of the mutants: `killed.json` says which test killed which, when it was recorded.

A mutant is written there by a hash of its name, which has no line numbers. If its statement changes, it is
another mutant, of which nothing is known. `make test` tries a sample of the known ones again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import Path

from local.exclusive import exclusively
from local.whole_file import write_whole
from local.world import ROOT
from tools.mutation.mutants import mutants

KILLED = Path(__file__).with_name("killed.json")
LOCK = ROOT / ".local" / "mutation" / "killed.lock"


def killed() -> dict[str, str]:
    """By name of a mutant that there still is: the test that killed it."""
    tests = {mark: test for test, marks in json.loads(KILLED.read_text()).items() for mark in marks}
    return {each.name: tests[mark_of(each.name)] for each in mutants() if mark_of(each.name) in tests}


def write(found: Mapping[str, str], survived: Iterable[str]) -> None:
    """Add what was found, and leave out what survives or is gone. `found`: name → test.

    Several shards may do so at once.
    """
    with exclusively(LOCK):
        _write(found, set(survived))


def _write(found: Mapping[str, str], survived: set[str]) -> None:
    tests = {name: test for name, test in killed().items() if name not in survived}
    # Some kills have no test's name: the tests could not even be collected.
    tests |= {name: test for name, test in found.items() if "::" in test}
    marks: dict[str, list[str]] = {}
    for name, test in tests.items():
        marks.setdefault(test, []).append(mark_of(name))
    lines = [f"{json.dumps(test)}: {json.dumps(sorted(marks[test]))}" for test in sorted(marks)]
    write_whole(KILLED, "{\n" + ",\n".join(lines) + "\n}\n")


def mark_of(name: str) -> str:
    """The hash by which a mutant is known."""
    return sha256(name.encode()).hexdigest()[:8]
