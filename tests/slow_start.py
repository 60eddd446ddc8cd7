"""A longer time limit for tests that may be the first to need a world or a host, and wait for it."""

from __future__ import annotations

from pathlib import Path

import pytest

FOLDERS = tuple(Path(__file__).parent / name for name in ("world", "host", "previous_site"))
FIRST_START_SECONDS = 1800
"""Seconds. With cold caches, the first test waits for the base image and everything else."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give each of them the longer limit."""
    for item in items:
        if any(folder in item.path.parents for folder in FOLDERS):
            item.add_marker(pytest.mark.timeout(FIRST_START_SECONDS))
