"""`make chaos N=2000`: so many random schedules, until one fails.

    python -m tests.proof.chaos --schedules 200 --seed 1        run
    python -m tests.proof.chaos --replay SEED                   run one of them again

Says how far it is; of a failure it says the seed, what the checker found, and how to go on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.proof.chaos.rig import NEWEST, TEN, Rig, running_rig
from tests.proof.chaos.schedule import Schedule
from tests.proof.chaos.worker import be_quiet

SHARE_OF_TEN = 4
"""One schedule of so many runs on PostgreSQL 10, where that is here."""
PROGRESS_SECONDS = 5.0


def storm_through(rig: Rig, seeds: range, folder: Path) -> tuple[int, list[str]] | None:
    """Run the schedules of these seeds; the first that fails, with what is wrong."""
    started = told = time.monotonic()
    for done, seed in enumerate(seeds, 1):
        problems = Schedule(rig, seed, folder / str(seed)).run()
        if problems:
            return seed, problems
        if time.monotonic() - told > PROGRESS_SECONDS:
            told = time.monotonic()
            print(f"{done} of {len(seeds)} schedules · {told - started:.0f} s · nothing found", flush=True)
    return None


def main() -> int:
    """Run what the command line asks for; 1 where something was found."""
    parser = argparse.ArgumentParser(description="Random schedules against the real sync.")
    parser.add_argument("--schedules", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1, help="of the first; the others follow")
    parser.add_argument("--replay", type=int, help="only this seed")
    parser.add_argument("--postgresql", choices=[NEWEST, TEN], default=NEWEST)
    asked = parser.parse_args()
    seeds = range(asked.seed, asked.seed + asked.schedules)
    if asked.replay is not None:
        seeds = range(asked.replay, asked.replay + 1)
    be_quiet()
    folder = Path(tempfile.mkdtemp(prefix="ekklesia-chaos-"))
    started = time.monotonic()
    with running_rig(asked.postgresql) as rig:
        print(f"everything is up after {time.monotonic() - started:.1f} s", flush=True)
        failure = storm_through(rig, seeds, folder)
    if failure is None:
        print(f"{len(seeds)} schedules in {time.monotonic() - started:.0f} s: nothing found")
        return 0
    seed, problems = failure
    print(f"seed {seed}:", *problems, sep="\n  ")
    print(f"history and end: {folder / str(seed)}")
    print(f"again: python -m tests.proof.chaos --postgresql {asked.postgresql} --replay {seed}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
