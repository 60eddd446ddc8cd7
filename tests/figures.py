"""Figures that tests measured (times, counts), shown together at the end of a run, also of a parallel run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from _pytest.terminal import TerminalReporter

PROPERTY = "figure"
Tell = Callable[[object], None]


@pytest.fixture
def tell(record_property: Callable[[str, object], None]) -> Tell:
    """Keep one line for the end of the run. A figure is only shown; assertions are made elsewhere."""
    return lambda line: record_property(PROPERTY, str(line))


def pytest_terminal_summary(terminalreporter: TerminalReporter) -> None:
    """Show the lines in the order in which the tests ended."""
    lines = list(_told(terminalreporter))
    if lines:
        terminalreporter.section("figures seen")
    for line in lines:
        terminalreporter.line(line)


def _told(reporter: TerminalReporter) -> Iterator[str]:
    for report in (*reporter.getreports("passed"), *reporter.getreports("failed")):
        if report.when == "call":
            yield from (str(value) for name, value in report.user_properties if name == PROPERTY)
