"""A guard and what takes it away: a piece of one file, and what replaces it.

The project is copied, the piece is replaced in the copy, and the guard's own test runs there. A test that
then still passes would not notice if the guard were lost. Tests of the site's own suite run on each runtime.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from tests.guards.bench import SITE, Bench
from tests.linode.django_server import DjangoServer
from tests.linode.runtimes import Runtime

SECONDS = 900.0
FAILED = re.compile(r"^FAILED |\b\d+ failed\b", re.MULTILINE)
"""What pytest and Django's runner say of a test that ran and failed."""
RAN = re.compile(r"\b[1-9]\d* (?:passed|failed)\b|^Ran [1-9]", re.MULTILINE)


class GuardMovedError(Exception):
    """The piece is not in its file exactly once, or the test is gone: update the table."""


@dataclass(frozen=True)
class Guard:
    """`test` is a node of pytest, or the dotted name of a test of the site's own suite."""

    name: str
    stops: str
    """The attack that it stops."""
    file: str
    old: str
    new: str
    test: str

    def fails_without(self, bench: Bench) -> bool:
        """Whether the test fails in the copy without the guard, everywhere. Raises GuardMovedError."""
        file = bench.project / self.file
        source = file.read_text(encoding="utf-8")
        if source.count(self.old) != 1:
            raise GuardMovedError(f"{self.name}: {source.count(self.old)} times {self.old!r} in {self.file}")
        file.write_text(source.replace(self.old, self.new), encoding="utf-8")
        try:
            return not any(self._verdicts(bench))
        finally:
            file.write_text(source, encoding="utf-8")

    def passes(self, bench: Bench) -> bool:
        """Whether its test passes in the copy, everywhere. Raises GuardMovedError if it cannot be run."""
        if self.test in bench.passing:
            return True
        if all(self._verdicts(bench)):
            bench.passing.add(self.test)
        return self.test in bench.passing

    def _verdicts(self, bench: Bench) -> Iterator[bool]:
        if "::" in self.test:
            yield passes(self.test, _of_pytest(self.test, bench))
            return
        for runtime in bench.runtimes:
            yield passes(self.test, of_the_site(self.test, bench, runtime))


def passes(test: str, done: subprocess.CompletedProcess[str]) -> bool:
    """What a run of a test came to. Raises GuardMovedError if the test did not run."""
    told = done.stdout + done.stderr
    if not RAN.search(told) or bool(done.returncode) != bool(FAILED.search(told)):
        raise GuardMovedError(f"{test} did not run\n{told[-2000:]}")
    return done.returncode == 0


def of_the_site(test: str, bench: Bench, runtime: Runtime) -> subprocess.CompletedProcess[str]:
    """Run a test of the site's own suite in the copy; each runtime has a database of its own."""
    runtime.build()
    words = [str(runtime.executable), "manage.py", "test", "--noinput", "--keepdb", test]
    server = DjangoServer(bench.postgres.url(runtime.name), runtime)
    return _run(words, bench, server.environment(), SITE)


def _of_pytest(test: str, bench: Bench) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test]
    return _run(words, bench, {name: value for name, value in os.environ.items() if name[:7] != "PYTEST_"})


def _run(
    command: list[str], bench: Bench, environment: dict[str, str], folder: str = "."
) -> subprocess.CompletedProcess[str]:
    where = bench.project / folder
    return subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )
