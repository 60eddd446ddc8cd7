"""A plugin of pytest: it collects the tests once, then runs those that standard input names.

Each line in is the beginning of test names (without the host in their ids); each line out is a JSON list with
an object for each run test: `{"test", "phase", "outcome", "report"}`, and `phase` is the one in which it
ended.
"""

from __future__ import annotations

import json
import sys

import pytest

reports: list[pytest.TestReport] = []
"""The reports of the test that runs: setup, call and teardown."""


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Replace pytest's own loop over all tests."""
    print(json.dumps([]), flush=True)
    for line in sys.stdin:
        wanted = line.strip()
        chosen = [item for item in session.items if is_meant(name_of(item), wanted)]
        print(json.dumps([ending(item) for item in chosen]), flush=True)
    return True


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what pytest would print."""
    reports.append(report)


def name_of(item: pytest.Item) -> str:
    """`test_files.py::test_one[parameter]`: testinfra puts the host in front of the parameters."""
    name = f"{item.path.name}::{item.nodeid.partition('::')[2]}"
    if callspec := getattr(item, "callspec", None):
        host = callspec.params.get("_testinfra_host")
        if host is not None:
            address = host.backend.get_pytest_id()
            name = name.replace(f"[{address}]", "").replace(f"[{address}-", "[")
    return name


def is_meant(name: str, wanted: str) -> bool:
    """Whether a name is the wanted one, or belongs to a wanted test or file; nothing means all."""
    return not wanted or name == wanted or name.startswith((f"{wanted}[", f"{wanted}::"))


def ending(item: pytest.Item) -> dict[str, str]:
    """Run a test, with nothing left over from the one before; how it ended."""
    reports.clear()
    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
    last = next((report for report in reports if not report.passed), reports[-1])
    return {
        "test": name_of(item),
        "phase": str(last.when),
        "outcome": last.outcome,
        "report": last.longreprtext,
    }
