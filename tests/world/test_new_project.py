"""A project in its first hour comes up though `pulumi up` is killed. `make proof` kills it more often."""

from __future__ import annotations

import random

from local.world import NEW_PROJECT
from tests.figures import Tell
from tests.world.google_half import google_half
from tests.world.new_project import MOST_UPS, kill, require_settled

KILLS = 2


def test_it_comes_up_though_it_is_killed(seed: int, tell: Tell) -> None:
    with google_half(NEW_PROJECT, seed) as half:
        kill(half, random.Random(seed), KILLS)
        half.up_until_it_works(MOST_UPS)
        require_settled(half)
        tell(f"a new project (seed {seed}): killed {KILLS} times, up after {half.ups} runs")
