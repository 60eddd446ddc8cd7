"""What the tests of the repository as a whole share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from local import world
from tools import checkers

ROOT = world.ROOT


@pytest.fixture
def tracked() -> Callable[..., list[Path]]:
    """The files of the repository whose path matches a git pattern, new ones included."""
    return checkers.tracked
