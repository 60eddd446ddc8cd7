"""The ceiling is measured with batches like the sync's own."""

from __future__ import annotations

from bench import ceiling
from runtime.settings import RunLimits


def test_the_ceiling_has_the_batches_of_the_sync() -> None:
    limits = RunLimits()

    assert (limits.batch_size, limits.parallel_batches) == (ceiling.BATCH, ceiling.SIDE_BY_SIDE)
