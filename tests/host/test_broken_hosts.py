"""A broken host is mended by one `fab` command; a dozen are tried, others in each run."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest

from tests import seed
from tests.figures import Tell
from tests.host.broken.broken import Broken
from tests.host.broken_hosts import ALONE, AT_ONCE, BROKEN, DOCUMENT, sample, with_table
from tests.host.healing import are_healed
from tests.host.live_host import LiveHost


@pytest.mark.parametrize(
    "rows", sample(seed.of_this_run()), ids=lambda rows: "; ".join(row.name for row in rows)
)
def test_a_broken_host_is_mended_by_fab(host_as_it_was: LiveHost, rows: Sequence[Broken], tell: Tell) -> None:
    began = time.monotonic()
    told = are_healed(host_as_it_was, rows)
    names = "; ".join(row.name for row in rows)
    took = time.monotonic() - began
    tell(f"{names}: `{rows[0].command}` {told.seconds:.1f} s of {took:.1f} s")


def test_the_sample_is_a_dozen_of_them_whatever_the_seed() -> None:
    for number in range(100):
        groups = sample(number)
        assert list(map(len, groups)) == [AT_ONCE, *[1] * ALONE]
        rows = [row for group in groups for row in group]
        assert len({row.name for row in rows}) == len(rows) == 12
    seen = {row.name for number in range(100) for group in sample(number) for row in group}
    assert seen == {row.name for row in BROKEN}


def test_the_document_shows_these_hosts() -> None:
    assert with_table(DOCUMENT.read_text()) == DOCUMENT.read_text(), "python -m tests.host.broken_hosts"
