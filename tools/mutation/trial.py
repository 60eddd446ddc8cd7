"""Tries mutants one after another: `python -m tools.mutation.trial < ORDERS`, a JSON line for each.

Libraries are imported once. Each mutant gets a fork of this process, which imports the program with the
changed module in its place and runs the tests that can reach it, until one fails.
"""

from __future__ import annotations

import asyncio
import gc
import importlib.machinery
import io
import json
import os
import select
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from types import CodeType

import pytest

from local.world import ROOT
from tools.mutation import reach
from tools.mutation.in_place.sitecustomize import hand_on, put_in_place
from tools.mutation.mutants import Mutant, mutants
from tools.mutation.score import COMPARISONS
from tools.program_run import run_program, settings_of

PRODUCTION = "production"
"""The fixture for which the program is run once."""
RUNNING = frozenset({"adopted", "config", "of_a_world", "with_operator"})
"""Fixtures of the tests that run the program again."""
PLUGINS = ("xdist.plugin", "pytest_timeout")
"""All that the quick tests need. To start the others takes longer than most tests."""
OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "--assert=plain", "--timeout=120")
"""Nobody reads why a test failed, and explaining it takes longer than the test."""
SECONDS = 900
"""The patience with a mutant that never ends, beyond that of each test; that is noticed, too."""
ATTEMPTS = 3
"""How often a mutant is tried if the test that failed passes when it is asked again."""
PURGED = ("infra", "tests", "portal", "tools.program_run", "tools.access", "tools.declared")
"""Imported again with each mutant, beside what imports the program in `local/`."""


class FirstFailure:
    """A plugin of pytest that asks the cheapest tests first, and keeps the one that failed first."""

    def __init__(self) -> None:
        self.test = ""

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Within a rank, the order of the files stays."""
        items.sort(key=rank)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of any phase: a fixture that breaks is a failure, too."""
        if report.failed and not self.test:
            self.test = report.nodeid

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A module that cannot be imported any more."""
        if report.failed and not self.test:
            self.test = report.nodeid


def main() -> None:
    """Answer each order (a mutant's number, the test to ask first) with the test that killed it, or null."""
    every = mutants()
    warm_up()
    for line in sys.stdin:
        order = json.loads(line)
        mutant = every[order["number"]]
        began = time.monotonic()
        killer = confirmed_killer_of(mutant, order.get("first"))
        seconds = round(time.monotonic() - began, 2)
        answer = {"name": mutant.name, "line": mutant.line, "killer": killer, "seconds": seconds}
        print(json.dumps(answer), flush=True)


def confirmed_killer_of(mutant: Mutant, first: str | None = None) -> str | None:
    """A test that fails with the mutant a second time, alone, and passes without it: not one by chance.

    `first` killed it in an earlier run; if it does so now, that is the second time.
    """
    if first and (ROOT / first.partition("::")[0]).exists() and is_sound(first) and _kills(first, mutant):
        return first
    for _ in range(ATTEMPTS):
        killer = killer_of(mutant)
        if killer is None or "::" not in killer:
            return killer
        if not is_sound(killer):
            sys.exit(f"{killer} fails without any mutant, too: mend that first")
        if _kills(killer, mutant):
            return killer
    return None


@cache
def is_sound(test: str) -> bool:
    """Whether the test passes on the program as it is; else it would seem to kill every mutant."""
    return killer_of(None, [str(ROOT / test)]) is None


def _kills(test: str, mutant: Mutant) -> bool:
    return killer_of(mutant, [str(ROOT / test)]) is not None


def killer_of(mutant: Mutant | None, tests: Sequence[str] = ()) -> str | None:
    """The first test that fails with the mutant, or None. `tests`: others than all that can reach it."""
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        _try(mutant, tests or quick_tests(mutant), theirs)
    os.close(theirs)
    with os.fdopen(ours) as answer:
        if not select.select([answer], [], [], SECONDS)[0]:
            os.kill(child, signal.SIGKILL)
        told = answer.read()
    _, status = os.waitpid(child, 0)
    return told or None if status == 0 else f"ended with status {os.waitstatus_to_exitcode(status)}"


def _try(mutant: Mutant | None, tests: Sequence[str], answer: int) -> None:
    """In the fork: it ends here."""
    gc.disable()
    for name in [name for name in sys.modules if _is_purged(name)]:
        del sys.modules[name]
    if mutant:
        path = str(ROOT / mutant.module)
        code: CodeType = compile(mutant.tree(), path, "exec")
        hand_on(path, code)
        put_in_place(path, code)
    os.write(answer, _first_failure(tests).encode())
    os._exit(0)


def _first_failure(tests: Sequence[str]) -> str:
    first = FirstFailure()
    silence = io.StringIO()
    with redirect_stdout(silence), redirect_stderr(silence):
        status = pytest.main([*OPTIONS, *tests], plugins=[first])
    # Pytest itself broke, for example on a conftest that cannot be imported any more.
    return first.test or ("" if status == pytest.ExitCode.OK else f"pytest: {status!r}")


def _is_purged(name: str) -> bool:
    if name.partition(".")[0] in PURGED or name in PURGED:
        return True
    file = getattr(sys.modules[name], "__file__", None) if name.startswith("local.") else None
    return bool(file) and _leads_to_the_program(Path(str(file)))


@cache
def _leads_to_the_program(file: Path) -> bool:
    return any(path.parent.name == "infra" for path in reach.reached_from(file))


def quick_tests(mutant: Mutant | None = None) -> list[str]:
    """The files of those that can reach the mutant."""
    files = reach.test_files(ROOT / mutant.module) if mutant else sorted(reach.TESTS.glob("test_*.py"))
    return [str(path) for path in files]


def rank(item: pytest.Item) -> int:
    """When a test is asked: by what it costs, and the comparisons last."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.nodeid.startswith(COMPARISONS):
        return 3
    # Who imports that module starts programs, each of which imports its libraries once more.
    if fixtures & RUNNING or hasattr(getattr(item, "module", None), "subprocess"):
        return 2
    return 1 if PRODUCTION in fixtures else 0


def warm_up() -> None:
    """Import all that a fork would have to import else, and keep it where no fork copies it."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ["PYTEST_PLUGINS"] = ",".join(PLUGINS)
    _keep_compiled()
    # Pulumi's provider loads its parts when a program uses them first.
    run_program(settings_of(ROOT / "Pulumi.prod.yaml"))
    # As in a new process: else nothing may ask for an event loop before it has made one.
    asyncio.set_event_loop_policy(None)
    if failure := _first_failure(["--collect-only", str(reach.TESTS)]):
        sys.exit(f"{failure} cannot be collected: mend that first")
    for file in reach.TESTS.glob("test_*.py"):
        reach.reached_from(file)
    for name in list(sys.modules):
        _is_purged(name)
    gc.collect()
    gc.freeze()


def _keep_compiled() -> None:
    """Compile each source of ours once: not every Python may keep that on the disk."""
    original = importlib.machinery.SourceFileLoader.get_code
    kept: dict[str, CodeType | None] = {}

    def get_code(loader: importlib.machinery.SourceFileLoader, name: str) -> CodeType | None:
        if loader.path not in kept:
            kept[loader.path] = original(loader, name)
        return kept[loader.path]

    importlib.machinery.SourceFileLoader.get_code = get_code  # type: ignore[method-assign, assignment]


if __name__ == "__main__":
    main()
