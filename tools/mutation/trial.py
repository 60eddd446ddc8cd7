"""Tries mutants one after another: `python -m tools.mutation.trial < NUMBERS`, a JSON line for each.

Libraries are imported once. Each mutant gets a fork of this process, which imports the program with the
changed module in its place and runs the quick tests until one fails.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.machinery
import io
import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from types import CodeType

import pytest

from local.world import ROOT
from tools.mutation.mutants import Mutant, mutants
from tools.program_run import run_program, settings_of

TESTS = ROOT / "tests" / "infra"
FIRST = (
    "test_policies.py",
    "test_wiring.py",
    "test_functions.py",
    "test_rules_release.py",
)
LAST = (
    "test_operators.py",
    "test_adoption.py",
    "test_content_hash.py",
    "test_settings.py",
    "test_declared.py",
)
"""Files of the quick tests that cost most, since they run the program for each of their tests. Last of all:
the one that says only that something changed. So it hides no test that says what is wrong."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--assert=plain")
"""Nobody reads why a test failed, and explaining it takes longer than the test."""
SECONDS = 600
"""The patience with a mutant that never ends; that is noticed, too."""
ATTEMPTS = 3
"""How often a mutant is tried if the test that failed passes when it is asked again."""
PURGED = ("infra", "tests", "tools.program_run", "portal")
"""Imported again with each mutant."""


class FirstFailure:
    """A plugin of pytest that keeps the test that failed first."""

    def __init__(self) -> None:
        self.test = ""

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of any phase: a fixture that breaks is a failure, too."""
        if report.failed and not self.test:
            self.test = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported any more."""
        if report.failed and not self.test:
            self.test = report.nodeid


def main() -> None:
    """Answer each number of a mutant with its name and the test that killed it, or null."""
    every = mutants()
    _import_libraries()
    for line in sys.stdin:
        mutant = every[int(line)]
        began = time.monotonic()
        killer = confirmed_killer_of(mutant)
        seconds = round(time.monotonic() - began, 2)
        answer = {"name": mutant.name, "line": mutant.line, "killer": killer, "seconds": seconds}
        print(json.dumps(answer), flush=True)


def confirmed_killer_of(mutant: Mutant) -> str | None:
    """A test that fails with the mutant a second time, alone, and passes without it: not one by chance."""
    for _ in range(ATTEMPTS):
        killer = killer_of(mutant)
        if killer is None or "::" not in killer:
            return killer
        if not is_sound(killer):
            sys.exit(f"{killer} fails without any mutant, too: mend that first")
        if killer_of(mutant, [str(ROOT / killer)]):
            return killer
    return None


@cache
def is_sound(test: str) -> bool:
    """Whether the test passes on the program as it is; else it would seem to kill every mutant."""
    return killer_of(None, [str(ROOT / test)]) is None


def killer_of(mutant: Mutant | None, tests: Sequence[str] = ()) -> str | None:
    """The first test that fails with the mutant, or None. `tests`: others than all the quick ones."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _try(mutant, tests or quick_tests(), theirs)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        told = answer.read()
    _, status = os.waitpid(child, 0)
    return told or None if status == 0 else f"ended by signal {os.WTERMSIG(status)}"


def _try(mutant: Mutant | None, tests: Sequence[str], answer: int) -> None:
    """In the fork: it ends here."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(SECONDS)
    gc.disable()
    for name in [name for name in sys.modules if name.partition(".")[0] in PURGED or name in PURGED]:
        del sys.modules[name]
    if mutant:
        _put_in_place(mutant)
    first = FirstFailure()
    silence = io.StringIO()
    with redirect_stdout(silence), redirect_stderr(silence):
        status = pytest.main([*OPTIONS, *tests], plugins=[first])
    # Pytest itself broke, for example on a conftest that cannot be imported any more.
    first.test = first.test or ("" if status == pytest.ExitCode.OK else f"pytest: {status!r}")
    os.write(answer, first.test.encode())
    os._exit(0)


def quick_tests() -> list[str]:
    """In the order in which they are run."""
    order = {name: place for place, name in enumerate((*FIRST, "", *LAST))}
    files = sorted(TESTS.glob("test_*.py"), key=lambda path: (order.get(path.name, order[""]), path.name))
    return [str(path) for path in files]


def _put_in_place(mutant: Mutant) -> None:
    """Whoever imports or runs the module gets the changed one. Its file stays as it is."""
    path = str(ROOT / mutant.module)
    changed: CodeType = compile(mutant.tree(), path, "exec")
    original = importlib.machinery.SourceFileLoader.get_code

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        return changed if loader.path == path else original(loader, name)

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


def _import_libraries() -> None:
    """Pulumi's provider loads its parts when a program uses them first, so the program runs once."""
    run_program(settings_of(ROOT / "Pulumi.prod.yaml"))
    # As in a new process: else nothing may ask for an event loop before it has made one.
    asyncio.set_event_loop_policy(None)
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
