"""Tests that may be the first to ask for a world or a host, and then wait until it is up."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDERS = tuple(Path(__file__).parent / name for name in ("world", "host", "adoption"))
FIRST_START_SECONDS = 1800
"""With cold caches that one waits for the base image and everything else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each of them that long."""
    for item in items:
        if any(folder in item.path.parents for folder in FOLDERS):
            item.add_marker(pytest.mark.timeout(FIRST_START_SECONDS))
