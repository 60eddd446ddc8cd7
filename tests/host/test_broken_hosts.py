"""A broken host is mended by one `fab` command; others are tried from day to day (`broken_hosts.py`)."""

from __future__ import annotations

import os
import time
from random import Random

import pytest

from tests.figures import Tell
from tests.host.broken.broken import Broken
from tests.host.broken_hosts import BROKEN, DOCUMENT, with_table
from tests.host.healing import is_healed
from tests.host.live_host import LiveHost

SAMPLE = int(os.environ.get("BROKEN_HOSTS") or 3)
SEED = int(os.environ.get("BROKEN_HOSTS_SEED") or time.time() // 86400)
"""The day, so that processes which collect the tests agree."""


@pytest.mark.parametrize("row", Random(SEED).sample(BROKEN, SAMPLE), ids=lambda row: row.name)
def test_a_broken_host_is_mended_by_fab(host_as_it_was: LiveHost, row: Broken, tell: Tell) -> None:
    told = is_healed(host_as_it_was, row)
    tell(f"{row.name}: `{row.command}` {told.seconds:.1f} s (BROKEN_HOSTS_SEED={SEED})")


def test_the_document_shows_these_hosts() -> None:
    assert with_table(DOCUMENT.read_text()) == DOCUMENT.read_text(), "python -m tests.host.broken_hosts"
