"""Runs several checkers and prints a line for each, with the whole output of those that find something."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from local.toolchain import node_packages
from tools.checkers import Checker

TOOLCHAIN = ".venv/bin/python -m local toolchain"


@dataclass(frozen=True)
class Outcome:
    """What one checker said."""

    name: str
    is_well: bool
    output: str
    seconds: float


def run(checker: Checker) -> Outcome:
    """Run one checker. A tool that is not installed counts as a failure and says how to get it."""
    started = time.monotonic()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    if missing := _missing(checker, path):
        return Outcome(checker.name, False, f"{missing} is not installed: run `{TOOLCHAIN}`\n", 0)
    done = subprocess.run(
        checker.arguments(),
        cwd=checker.folder,
        env=os.environ | {"PATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Outcome(checker.name, done.returncode == 0, done.stdout, time.monotonic() - started)


def run_each(checkers: Iterable[Checker], at_once: int = os.cpu_count() or 1) -> int:
    """Run all of them, so many at once, and print what they say; 0 if each ended well, else 1."""
    failed = []
    with ThreadPoolExecutor(at_once) as pool:
        for future in as_completed([pool.submit(run, checker) for checker in checkers]):
            outcome = future.result()
            _print(outcome)
            if not outcome.is_well:
                failed.append(outcome.name)
    if failed:
        print(f"failed: {', '.join(failed)}; `make format` repairs what a program can repair")
    return 1 if failed else 0


def _missing(checker: Checker, path: str) -> str:
    """The tool that has to be installed first, or nothing."""
    program = checker.command[0]
    if not shutil.which(program, path=path):
        return program
    has_packages = (checker.folder / "node_modules" / node_packages.STAMP).exists()
    return checker.name if program == "npm" and not has_packages else ""


def _print(outcome: Outcome) -> None:
    result = "well" if outcome.is_well else "FAILED"
    print(f"{outcome.name:<27} {result} ({outcome.seconds:.1f} s)", flush=True)
    if not outcome.is_well:
        print(outcome.output, flush=True)
