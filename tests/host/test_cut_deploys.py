"""A deploy that the host itself cuts short; another step and way from day to day (`cuts.py`)."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from tests.figures import Tell
from tests.host.cuts import PAIRS, Cut, gets_over
from tests.host.live_host import LiveHost

SAMPLE = int(os.environ.get("CUT_DEPLOYS") or 1)
SEED = int(os.environ.get("CUT_DEPLOYS_SEED") or time.time() // 86400)
"""The day, so that processes which collect the tests agree."""


@pytest.mark.parametrize(
    ("step", "cut"), Random(SEED).sample(PAIRS, SAMPLE), ids=lambda part: getattr(part, "name", part)
)
def test_a_deploy_that_the_host_cuts_short_is_got_over(
    host_as_it_was: LiveHost, step: str, cut: Cut, tell: Tell
) -> None:
    began = time.monotonic()
    gets_over(host_as_it_was, step, cut)
    tell(f"{cut.name} after {step}: {time.monotonic() - began:.1f} s (CUT_DEPLOYS_SEED={SEED})")
