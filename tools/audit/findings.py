"""What a tool answers: findings, or that it could not ask."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


class CouldNotAskError(Exception):
    """There is no answer, so nothing is known; the message is one line that says why."""


@dataclass(frozen=True, order=True)
class Finding:
    """A known vulnerability of one version of a package, under all names that it has (CVE, GHSA, PYSEC)."""

    source: str
    package: str
    version: str
    names: tuple[str, ...]
    fixed_in: tuple[str, ...] = ()
    summary: str = ""

    @property
    def name(self) -> str:
        """The name that people know: the CVE, if there is one."""
        return min(self.names, key=lambda name: (not name.startswith("CVE-"), name))


def answer_of(command: Sequence[str], folder: Path, *, seconds: float = 300) -> str:
    """The standard output of a tool, which may well end with a status for "found something".

    Raises CouldNotAskError if the tool is not here, takes too long or says nothing.
    """
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, timeout=seconds
        )
    except FileNotFoundError:
        raise CouldNotAskError(f"{command[0]} is not installed") from None
    except subprocess.TimeoutExpired:
        raise CouldNotAskError(f"{command[0]} gave no answer within {seconds:.0f} s") from None
    if not done.stdout.strip():
        raise CouldNotAskError(_last_line(done.stderr) or f"{command[0]} ended with {done.returncode}")
    return done.stdout


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else ""
