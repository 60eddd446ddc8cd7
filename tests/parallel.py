"""Groups the tests for several processes: tests that share something slow to start stay in one process.

The longest groups come first, so that no process is left alone with a long one at the end. Each process has
its own ports, folders and worlds, as any two runs side by side have.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TESTS = Path(__file__).parent
LONGEST_FIRST = ("host", "world", "linode", "previous_site", "provider", "proof/chaos", "services")
TOGETHER = frozenset({"world", "host", "previous_site", "provider", "services", "linode", "rules", "kenni"})
"""Folders whose tests share a world, a host or a set of services; in all others, each file is a group."""
APART = ("proof/chaos/", "linode/test_backend_suite.py::test_suite_passes", "world/test_new_project.py")
"""How the tests begin that are long and share little: each is a group of its own."""
DEPLOYS = frozenset(
    f"host/test_{name}.py"
    for name in (
        "cut_deploys",
        "deploy_faults",
        "load",
        "migrations",
        "refusals",
        "unhealthy_releases",
        "upgrade",
    )
)
"""They deploy again and again, which takes as long as the rest of `host/`; so they have a second host."""


class GroupScheduling(LoadScopeScheduling):  # type: ignore[misc]  # published without types
    """Gives each process a whole group at a time. (xdist's own `loadgroup` does not know pytest 9.2.)"""

    def _split_scope(self, nodeid: str) -> str:
        return group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> GroupScheduling:
    """Keep the tests of a group together, whatever `--dist` says."""
    return GroupScheduling(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the longest groups first."""
    items.sort(key=lambda item: _rank(item.path))


def group(nodeid: str) -> str:
    """The group of a test: its folder, its file, or itself."""
    name = nodeid.removeprefix("tests/")
    file = name.partition("::")[0]
    if name.startswith(APART):
        return name
    if file in DEPLOYS:
        return "host, deploys"
    top = file.partition("/")[0]
    return top if top in TOGETHER else file


def _rank(path: Path) -> int:
    folder = path.parent.relative_to(TESTS).as_posix() if TESTS in path.parents else ""
    return LONGEST_FIRST.index(folder) if folder in LONGEST_FIRST else len(LONGEST_FIRST)
