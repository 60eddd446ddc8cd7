"""A sample of the fuzz of the rules; `make proof PROOF=rules` sends as many batches as are asked for."""

from __future__ import annotations

import time

from tests.figures import Tell
from tests.rules.fuzz import fuzz
from tests.rules.rest import Rest

SECONDS = 8
STEP = 20


def test_what_the_rules_let_through_the_other_half_takes(rest: Rest, seed: int, tell: Tell) -> None:
    """Other batches each time; a failure names its seed and the number of the batch."""
    written, number, end = 0, 0, time.monotonic() + SECONDS
    while time.monotonic() < end:
        result = fuzz(rest, seed, range(number, number + STEP))
        assert result.violations == [], f"python -m tools proof rules --seed {seed}"
        written, number = written + result.written, number + STEP
    tell(f"rules, seed {seed}: {written} of {number} batches were written, none wrongly")
    assert written > number // 20, f"seed {seed}: nearly every batch was refused"
