"""A broken host is mended by one `fab` command; a dozen are tried that change from day to day."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence

import pytest

from tests.figures import Tell
from tests.host.broken.broken import Broken
from tests.host.broken_hosts import ALONE, AT_ONCE, BROKEN, DOCUMENT, sample, with_table
from tests.host.healing import are_healed
from tests.host.live_host import LiveHost

SEED = int(os.environ.get("BROKEN_HOSTS_SEED") or time.time() // 86400)
"""The day, so that processes which collect the tests agree."""


@pytest.mark.parametrize("rows", sample(SEED), ids=lambda rows: "; ".join(row.name for row in rows))
def test_a_broken_host_is_mended_by_fab(host_as_it_was: LiveHost, rows: Sequence[Broken], tell: Tell) -> None:
    began = time.monotonic()
    told = are_healed(host_as_it_was, rows)
    names = "; ".join(row.name for row in rows)
    took = time.monotonic() - began
    tell(f"{names}: `{rows[0].command}` {told.seconds:.1f} s of {took:.1f} s (BROKEN_HOSTS_SEED={SEED})")


def test_the_sample_is_a_dozen_of_them_whatever_the_day() -> None:
    for seed in range(100):
        groups = sample(seed)
        assert list(map(len, groups)) == [AT_ONCE, *[1] * ALONE]
        rows = [row for group in groups for row in group]
        assert len({row.name for row in rows}) == len(rows) == 12
    seen = {row.name for seed in range(100) for group in sample(seed) for row in group}
    assert seen == {row.name for row in BROKEN}


def test_the_document_shows_these_hosts() -> None:
    assert with_table(DOCUMENT.read_text()) == DOCUMENT.read_text(), "python -m tests.host.broken_hosts"
