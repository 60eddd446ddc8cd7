"""One world for all tests that need one: made by `make up`'s own command, always taken away again."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world.live_world import TEST_PREFIX, LiveWorld, claim_ownership, remove_leftovers

FIRST_UP_SECONDS = 1800
"""With cold caches the first test waits for the base image and everything else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test here may be the one that waits for the world."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.timeout(FIRST_UP_SECONDS))


@pytest.fixture(scope="session")
def world() -> Iterator[LiveWorld]:
    """A world of its own: name, address, link and state; gone when the tests are over, whatever happens."""
    remove_leftovers()
    live = LiveWorld(f"{TEST_PREFIX}{secrets.token_hex(3)}")
    claim_ownership(live.name)
    try:
        live.arrival = live.up()
        yield live
    finally:
        live.run("clean", "--yes")
