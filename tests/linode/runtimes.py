"""The Python environments in which the host's Django must run, built once and kept outside the repository.

Each is named by the hash of what goes into it, so a changed requirement builds a new one and an unchanged one
costs nothing.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.exclusive import exclusively
from local.toolchain import python36

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "linode" / "requirements"
DEPLOYS = ROOT / "ansible-free-deploy"
CACHE = Path.home() / ".cache" / "ekklesia" / "runtimes"
LEGACY_PYTHON = "3.6"
LAST_PIP_OF_36 = "pip==21.3.1"
"""The pip that Python 3.6 brings is too old to see today's wheels."""


class InterpreterMissingError(Exception):
    """No Python of the wanted version is on this machine."""


@dataclass(frozen=True)
class Runtime:
    """One pair of Python and Django: its name, its Python, and the requirement files installed in order."""

    name: str
    python: str
    requirement_files: tuple[str, ...]

    @property
    def folder(self) -> Path:
        """Where its environment is kept."""
        digest = hashlib.sha256(self.python.encode())
        for name in self.requirement_files:
            digest.update((REQUIREMENTS / name).read_bytes())
        return CACHE / f"{self.name}-{digest.hexdigest()[:16]}"

    @property
    def executable(self) -> Path:
        """Its interpreter; run `build()` first."""
        return self.folder / "bin" / "python"

    def build(self) -> Path:
        """Make the environment if it is missing; its interpreter. Raises InterpreterMissingError."""
        interpreter = find_python(self.python)
        with exclusively(self.folder.with_suffix(".lock")):
            marker = self.folder / "complete"
            if not marker.exists():
                shutil.rmtree(self.folder, ignore_errors=True)
                subprocess.run([interpreter, "-m", "venv", str(self.folder)], check=True)
                self._install()
                marker.touch()
        return self.executable

    def _install(self) -> None:
        pip = [str(self.executable), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        if self.python == LEGACY_PYTHON:
            subprocess.run([*pip, LAST_PIP_OF_36], check=True)
        if self.python == LEGACY_PYTHON:
            pip += ["--find-links", str(_legacy_wheel().parent)]
        for name in self.requirement_files:
            subprocess.run(
                [*pip, "--no-deps", "--require-hashes", "-r", str(REQUIREMENTS / name)], check=True
            )


def _legacy_wheel() -> Path:
    """Debian's Django as a wheel; made by a process of its own, since not every importer has `deploy`."""
    make = [sys.executable, "-m", "deploy.legacy"]
    made = subprocess.run(make, cwd=DEPLOYS, check=True, stdout=subprocess.PIPE, text=True)
    return Path(made.stdout.splitlines()[0])


LEGACY = Runtime("legacy", LEGACY_PYTHON, ("legacy.txt",))
LEGACY_FLOOR = Runtime("legacy-floor", LEGACY_PYTHON, ("legacy.txt", "legacy-floor.txt"))
CURRENT = Runtime("current", "3.11", ("current.txt",))
RUNTIMES = (LEGACY, LEGACY_FLOOR, CURRENT)


def find_python(version: str) -> str:
    """An interpreter of that version (`3.6`): ours, PATH's or pyenv's. Raises InterpreterMissingError."""
    candidates = [sys.executable, f"python{version}"]
    candidates += python36.of_pyenv(f"{version}.*/bin/python")
    for candidate in candidates:
        path = shutil.which(candidate)
        if path and _version_of(path) == version:
            return path
    raise InterpreterMissingError(
        f"Python {version} is not on this machine (`pyenv install {version}` brings it)"
    )


def _version_of(interpreter: str) -> str:
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    answer = subprocess.run([interpreter, "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip()
