"""Which tests go together when several processes run them: those that share something slow to bring up.

Longest first, so that no process is left alone with a long one at the end. Each process has its own ports,
folders and worlds, as any two runs side by side have.
"""

from __future__ import annotations

from pathlib import Path

import pytest

TESTS = Path(__file__).parent
LONGEST_FIRST = ("world", "host", "adoption", "proof/chaos", "provider", "services", "linode")
TOGETHER = frozenset({"world", "host", "adoption", "provider", "services", "linode", "rules", "kenni"})
"""Folders whose tests share a world, a host or a set of services; elsewhere a file's tests go together."""
ALONE = frozenset({"proof/chaos"})
"""Folders whose tests share nothing and take long."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Order and group the tests."""
    items.sort(key=_rank)
    for item in items:
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(_group(item)))


def _folder(item: pytest.Item) -> str:
    return item.path.parent.relative_to(TESTS).as_posix() if TESTS in item.path.parents else ""


def _rank(item: pytest.Item) -> int:
    folder = _folder(item)
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)


def _group(item: pytest.Item) -> str:
    folder = _folder(item)
    if folder in ALONE:
        return item.nodeid
    top = folder.split("/")[0]
    return top if top in TOGETHER else item.nodeid.split("::")[0]
