"""The smoke tests of a host: one process has collected them and runs those that it is asked for."""

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
    """The environment without settings for the outer run of pytest, such as `PYTEST_ADDOPTS`."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}


@dataclass(frozen=True)
class Ending:
    """How one test ended: `phase` is setup, call or teardown; `outcome` passed, failed or skipped."""

    test: str
    phase: str
    outcome: str
    report: str


class SmokeSession:
    """A context manager; the process ends with its block."""

    def __init__(self, stack: str, login: str, ssh_config: Path) -> None:
        # Without a terminal, nothing is coloured or summed up, and the options for that are not there.
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
        """End the process."""
        self._process.communicate()

    def run(self, wanted: str = "") -> list[Ending]:
        """Run the tests whose name begins so (`test_files.py::test_one`), or all. One at least must exist."""
        assert self._process.stdin
        self._process.stdin.write(f"{wanted}\n")
        self._process.stdin.flush()
        endings = self._read()
        assert endings, f"there is no smoke test {wanted}"
        return endings

    def faults(self, wanted: str = "") -> list[Ending]:
        """Run them; those that did not pass."""
        return [ending for ending in self.run(wanted) if ending.outcome != "passed"]

    def _read(self) -> list[Ending]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, f"the smoke tests ended with status {self._process.wait()}"
        return [Ending(**ending) for ending in json.loads(line)]
