"""A guard and what takes it away: a piece of one file, and what replaces it.

The project is copied, the piece is replaced in the copy, and the guard's own test runs there. A test that
then still passes would not notice if the guard were lost. Tests of the site's own suite run on each runtime.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
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
            return not any(_verdicts([self.test], bench))
        finally:
            file.write_text(source, encoding="utf-8")

    def passes(self, bench: Bench) -> bool:
        """Whether its test passes in the copy, everywhere. Raises GuardMovedError if it cannot be run."""
        return passes_with_all_guards(self.test, bench)


def passes_with_all_guards(test: str, bench: Bench) -> bool:
    """Whether a test passes in the copy as it is, everywhere. Raises GuardMovedError."""
    if test not in bench.passing and all(_verdicts([test], bench)):
        bench.passing.add(test)
    return test in bench.passing


def note_what_passes(tests: Collection[str], bench: Bench) -> None:
    """Run tests together, which is quicker; if any of them fails, each is asked by itself later."""
    of_pytest = {test for test in tests if "::" in test}
    for together in (of_pytest, set(tests) - of_pytest):
        with suppress(GuardMovedError):
            if together and all(_verdicts(sorted(together), bench)):
                bench.passing.update(together)


def _verdicts(tests: Sequence[str], bench: Bench) -> Iterator[bool]:
    """Of tests of one kind, run together: one verdict, or one for each runtime of the site."""
    if "::" in tests[0]:
        yield passed(tests, _of_pytest(tests, bench))
        return
    for runtime in bench.runtimes:
        yield passed(tests, of_the_site(tests, bench, runtime))


def passed(tests: Sequence[str], done: subprocess.CompletedProcess[str]) -> bool:
    """What a run of tests came to. Raises GuardMovedError if they did not run."""
    told = done.stdout + done.stderr
    if not RAN.search(told) or bool(done.returncode) != bool(FAILED.search(told)):
        raise GuardMovedError(f"{' '.join(tests)} did not run\n{told[-2000:]}")
    return done.returncode == 0


def of_the_site(tests: Sequence[str], bench: Bench, runtime: Runtime) -> subprocess.CompletedProcess[str]:
    """Run tests of the site's own suite in the copy; each runtime has a database of its own."""
    runtime.build()
    words = [str(runtime.executable), "manage.py", "test", "--noinput", "--keepdb", *tests]
    server = DjangoServer(bench.postgres.url(runtime.name), runtime)
    return _run(words, bench, server.environment(), SITE)


def _of_pytest(tests: Sequence[str], bench: Bench) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests]
    return _run(words, bench, {name: value for name, value in os.environ.items() if name[:7] != "PYTEST_"})


def _run(
    command: list[str], bench: Bench, environment: dict[str, str], folder: str = "."
) -> subprocess.CompletedProcess[str]:
    where = bench.project / folder
    return subprocess.run(
        command, cwd=where, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )
