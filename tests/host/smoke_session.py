"""The smoke tests of a host, kept ready: one process has collected them and runs what it is asked for."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from local.world import ROOT


def _outside_of_pytest() -> dict[str, str]:
    """The environment without what is meant for the run that this is part of, such as `PYTEST_ADDOPTS`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@dataclass(frozen=True)
class Ending:
    """How one test ended: `phase` is setup, call or teardown; `outcome` passed, failed or skipped."""

    test: str
    phase: str
    outcome: str
    report: str


class SmokeSession:
    """A context manager. The process ends with it."""

    def __init__(self, stack: str, login: str, ssh_config: Path) -> None:
        # Without a terminal there is nothing to colour or to sum up, and no option for it.
        options = ["-p", "no:cacheprovider", "-p", "no:terminal", "--capture=no"]
        options += ["--override-ini=addopts=--import-mode=importlib"]
        options += [
            "-p",
            "tests.host.smoke_on_demand",
            f"--hosts=ssh://{login}",
            f"--ssh-config={ssh_config}",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, "tests/smoke"],
            cwd=ROOT,
            env={**_outside_of_pytest(), "FABRIC_STACK": stack},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Self:
        """Return once the tests are collected."""
        self._read()
        return self

    def __exit__(self, *_: object) -> None:
        """Let the process end."""
        self._process.communicate()

    def run(self, wanted: str = "") -> list[Ending]:
        """Run the tests whose name begins so (`test_files.py::test_one`), or all; at least one."""
        assert self._process.stdin
        self._process.stdin.write(f"{wanted}\n")
        self._process.stdin.flush()
        endings = self._read()
        assert endings, f"there is no smoke test {wanted}"
        return endings

    def faults(self, wanted: str = "") -> list[Ending]:
        """Those of them that did not pass."""
        return [ending for ending in self.run(wanted) if ending.outcome != "passed"]

    def _read(self) -> list[Ending]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the smoke tests ended with status {self._process.wait()}"
        return [Ending(**ending) for ending in json.loads(line)]
