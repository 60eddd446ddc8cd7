"""`make proof PROOF=new-project`: the program comes up in a new project, however often it is killed.

A portion is the life of one project: `up` is killed again and again, comes to its end, is destroyed, and
comes up once more.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from local.pulumi_stack import PulumiError
from local.world import NEW_PROJECT
from tests.world.google_half import GoogleHalf, Killer, google_half
from tools.proof.proof import Attempt, Portion, Proof

KILLS = 10
LINES_OF_AN_UP = 380
"""Of progress, which a whole `up` tells, about."""
FEWEST_LINES = 2
LONGEST_PAUSE_SECONDS = 2.0
MOST_UPS = 4
"""Without being killed: late grants let a first build fail, and a deleted database keeps its id."""
FUNCTION = "gcp:cloudfunctionsv2/function:Function"


def kill(half: GoogleHalf, chance: random.Random, kills: int) -> None:
    """Kill that number of runs of `up`, each at another moment. Raises AssertionError or PulumiError.

    If one comes to its end before it is killed, all is destroyed, and another begins.
    """
    most_lines = 2 * LINES_OF_AN_UP // (kills + 1)
    killed = 0
    for _ in range(MOST_UPS * kills):
        pause = chance.uniform(0, LONGEST_PAUSE_SECONDS)
        killer = Killer(half.world.name, chance.randint(FEWEST_LINES, most_lines), pause)
        if half.up(killer):
            half.destroy()
        killed += killer.has_killed
        if killed == kills:
            return
    raise AssertionError(f"of {MOST_UPS * kills} runs of `up` only {killed} were killed")


def require_settled(half: GoogleHalf) -> None:
    """Raise if something is left to do, is pending in the state, or does not work."""
    half.require_no_change()
    state = half.state()
    assert not state.get("pending_operations"), state["pending_operations"]
    functions = [each["outputs"] for each in state["resources"] if each["type"] == FUNCTION]
    assert functions
    for each in functions:
        assert each["state"] == "ACTIVE", each["name"]
        assert each["serviceConfig"]["uri"], each["name"]


def live(seed: int, kills: int) -> Counter[str]:
    """One life. Raises AssertionError or PulumiError."""
    with google_half(NEW_PROJECT, seed) as half:
        kill(half, random.Random(seed), kills)
        half.up_until_it_works(MOST_UPS)
        require_settled(half)
        half.destroy()
        half.up_until_it_works(MOST_UPS)
        require_settled(half)
        return Counter(ups=half.ups, **{"stopped by themselves": len(half.failures)})


@contextmanager
def _opened() -> Iterator[Attempt]:
    yield _attempt


def _attempt(seed: int, numbers: range) -> Portion:
    first, kills = seed + numbers.start, len(numbers)
    try:
        return Portion(live(first, kills))
    except (AssertionError, PulumiError) as error:
        again = f"make proof PROOF=new-project SEED={first} N={kills}"
        return Portion(violations=[f"{error} (again: {again})"])


PROOF = Proof(
    claim="In a new project the program comes up, however often `pulumi up` is killed, and after a destroy.",
    unit="kills",
    size=KILLS,
    portion=KILLS,
    opened=_opened,
)
