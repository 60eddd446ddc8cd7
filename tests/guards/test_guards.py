"""A sample of the guards, taken away; `make proof PROOF=guards` takes away each of them."""

from __future__ import annotations

import random
import re

import pytest

from local.world import ROOT
from tests.figures import Tell
from tests.guards.bench import DEPLOYED, set_up
from tests.guards.guard import Guard
from tests.guards.guards import GUARDS
from tests.guards.long_proof import ALL, complaint

SAMPLE = 2
SLOW = ("tests/functions/", "tests/infra/", "tests/rules/")
"""Their tests start emulators or run the Pulumi program; `make proof` has them."""
QUICK = [guard for guard in GUARDS if not guard.test.startswith(SLOW)]
DOCUMENT = ROOT / "docs" / "security.md"
ROW = re.compile(r"^\| ([^|]+) \| `([a-z0-9-]+)` \| `([^`]+)` \|$", re.MULTILINE)


def test_without_a_guard_its_test_fails(seed: int, tell: Tell) -> None:
    """On one runtime of the site; the long proof tries both."""
    chance = random.Random(seed)
    chosen, runtime = chance.sample(QUICK, SAMPLE), chance.choice(DEPLOYED)
    with set_up([runtime]) as bench:
        found = [complaint(guard, bench) for guard in chosen]
    assert found == [None] * SAMPLE
    names = " or ".join(guard.name for guard in chosen)
    tell(f"seed {seed}: without {names} a test fails (runtime {runtime.name})")


@pytest.mark.parametrize("guard", GUARDS, ids=lambda guard: guard.name)
def test_each_guard_is_where_the_table_says(guard: Guard) -> None:
    assert (ROOT / guard.file).read_text().count(guard.old) == 1
    assert guard.old != guard.new


def test_the_table_in_the_docs_has_each_guard() -> None:
    rows = {(stops, name, file) for stops, name, file in ROW.findall(DOCUMENT.read_text())}
    assert rows == {(guard.stops, guard.name, guard.file) for guard in ALL}
