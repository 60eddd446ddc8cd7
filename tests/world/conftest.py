"""One world for all tests that need one: made by `make up`'s own command, always taken away again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.world.live_world import LiveWorld, name_of_a_world


@pytest.fixture(scope="session")
def world() -> Iterator[LiveWorld]:
    """A world of its own: name, address, link and state; gone when the tests are over, whatever happens."""
    with name_of_a_world() as name:
        live = LiveWorld(name)
        live.arrival = live.up()
        yield live
