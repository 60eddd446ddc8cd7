"""A guard and what takes it away: a piece of one file, and what replaces it.

The project is copied, the piece is replaced in the copy, and the guard's own test runs there. A test that
then still passes would not notice if the guard were lost.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from local.world import LOCAL, ROOT
from tests.linode.django_server import DjangoServer
from tests.linode.postgres import Postgres
from tests.linode.runtimes import CURRENT
from tools.checkers import tracked

SITE = Path("linode") / "backend"
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

    def fails_without(self, project: Path, postgres: Postgres) -> bool:
        """Whether the test fails in this copy of the project without the guard. Raises GuardMovedError."""
        file = project / self.file
        source = file.read_text(encoding="utf-8")
        if source.count(self.old) != 1:
            raise GuardMovedError(f"{self.name}: {source.count(self.old)} times {self.old!r} in {self.file}")
        file.write_text(source.replace(self.old, self.new), encoding="utf-8")
        try:
            return not self.passes(project, postgres)
        finally:
            file.write_text(source, encoding="utf-8")

    def passes(self, project: Path, postgres: Postgres) -> bool:
        """Whether its test passes in this copy. Raises GuardMovedError if it cannot be run there."""
        done = self._of_pytest(project) if "::" in self.test else self._of_the_site(project, postgres)
        told = done.stdout + done.stderr
        if not RAN.search(told) or bool(done.returncode) != bool(FAILED.search(told)):
            raise GuardMovedError(f"{self.name}: {self.test} did not run\n{told[-2000:]}")
        return done.returncode == 0

    def _of_pytest(self, project: Path) -> subprocess.CompletedProcess[str]:
        words = ["-m", "pytest", "-q", "-p", "no:cacheprovider", self.test]
        own = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        return _run([sys.executable, *words], project, own)

    def _of_the_site(self, project: Path, postgres: Postgres) -> subprocess.CompletedProcess[str]:
        CURRENT.build()
        words = [str(CURRENT.executable), "manage.py", "test", "--noinput", "--keepdb", self.test]
        return _run(words, project / SITE, DjangoServer(postgres.url(), CURRENT).environment())


def copy_of_the_project(folder: Path) -> Path:
    """Every tracked file, with the folder of the worlds linked into it; the copy's folder."""
    for file in tracked("*"):
        target = folder / file.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        if file.is_file():
            shutil.copy2(file, target)
    LOCAL.mkdir(exist_ok=True)
    (folder / LOCAL.name).symlink_to(LOCAL)
    return folder


def _run(command: list[str], folder: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=SECONDS
    )
