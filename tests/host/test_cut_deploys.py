"""A deploy that the host itself cuts short; another step and way in each run (`cuts.py`)."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from tests import seed
from tests.figures import Tell
from tests.host.cuts import PAIRS, Cut, gets_over
from tests.host.live_host import LiveHost

SAMPLE = int(os.environ.get("CUT_DEPLOYS") or 1)


@pytest.mark.parametrize(
    ("step", "cut"),
    Random(seed.of_this_run()).sample(PAIRS, SAMPLE),
    ids=lambda part: getattr(part, "name", part),
)
def test_a_deploy_that_the_host_cuts_short_is_got_over(
    host_as_it_was: LiveHost, step: str, cut: Cut, tell: Tell
) -> None:
    began = time.monotonic()
    gets_over(host_as_it_was, step, cut)
    tell(f"{cut.name} after {step}: {time.monotonic() - began:.1f} s")
