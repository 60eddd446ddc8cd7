"""`make chaos N=2000`: that many random schedules, until one fails.

    python -m tests.proof.chaos --schedules 200 --seed 1                    run
    python -m tests.proof.chaos --postgresql 10 --replay SEED               run one of them again

Two rigs work side by side, one on each PostgreSQL. It prints its progress and, for a failure, the seed, what
the checker found, and the command that runs that schedule again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import tests.proof.chaos.functions_path  # noqa: F401 (for the imports below)
from tests.proof.chaos.fleet import Outcome, storm_through
from tests.proof.chaos.rig import NEWEST, TEN, releases

PROGRESS_SECONDS = 5.0


class Pace:
    """Prints how far a run is. Its rate leaves out the time that the rigs take to come up."""

    def __init__(self, schedules: int) -> None:
        self._schedules = schedules
        self._start = self._printed = time.monotonic()
        self._first: float | None = None

    def show(self, done: int) -> None:
        """Print how many are done, at intervals and at the end."""
        now = time.monotonic()
        self._first = self._first or now
        if now - self._printed < PROGRESS_SECONDS and done < self._schedules:
            return
        self._printed = now
        rate = (done - 1) / (now - self._first) if now > self._first else 0.0
        left = f"{rate:.2f} a second, {(self._schedules - done) / rate:.0f} s to go · " if rate else ""
        passed = f"[{now - self._start:6.0f} s]"
        print(f"{passed} {done} of {self._schedules} schedules · {left}nothing found", flush=True)


def main() -> int:
    """Run what the command line asks for. Exit status 1 if a schedule fails."""
    asked = _parse()
    folder = Path(tempfile.mkdtemp(prefix="ekklesia-chaos-"))
    try:
        failure = _run(asked, folder)
    except RuntimeError as error:
        print(f"chaos: {error}", file=sys.stderr)
        return 1
    if failure is None:
        return 0
    print(f"seed {failure.seed} on PostgreSQL {failure.release}:", *failure.problems, sep="\n  ")
    print(f"history and end: {failure.folder}")
    print(f"again: python -m tests.proof.chaos --postgresql {failure.release} --replay {failure.seed}")
    return 1


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Random schedules against the real sync.")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first; the others follow")
    parser.add_argument("--replay", type=int, help="only this seed")
    parser.add_argument(
        "--postgresql", nargs="+", choices=[NEWEST, TEN], help="a rig for each (default: one of both)"
    )
    asked = parser.parse_args()
    if asked.schedules < 1:
        parser.error("--schedules: at least one")
    return asked


def _run(asked: argparse.Namespace, folder: Path) -> Outcome | None:
    seeds = range(asked.seed, asked.seed + asked.schedules)
    if asked.replay is not None:
        seeds = range(asked.replay, asked.replay + 1)
    rigs = (asked.postgresql or releases())[: len(seeds)]
    pace = Pace(len(seeds))
    outcomes = storm_through(rigs, seeds, folder)
    for done, outcome in enumerate(outcomes, 1):
        if outcome.problems:
            outcomes.close()
            return outcome
        pace.show(done)
    return None


if __name__ == "__main__":
    sys.exit(main())
