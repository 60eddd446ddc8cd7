"""A copy of this checkout, to be changed as its documents say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tools.checkers import tracked
from tools.fields.table import ROOT

PACKAGES = ("portal/node_modules", "local/node/node_modules")
"""Installed beside the sources, and never changed."""
GIT = ("git", "-c", "user.name=test", "-c", "user.email=test@example.is", "-c", "core.hooksPath=/dev/null")


@dataclass(frozen=True)
class Checkout:
    """The copy, as a repository of its own with one commit."""

    folder: Path

    @classmethod
    def make(cls, folder: Path) -> Checkout:
        """Copy every file that git knows, or would add."""
        for path in tracked():
            copy = folder / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, copy, follow_symlinks=False)
        (folder / ".venv").symlink_to(sys.prefix)
        for name in PACKAGES:
            (folder / name).symlink_to(ROOT / name)
        checkout = cls(folder)
        for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "--message=as it was"]):
            checkout.run(*GIT, *command)
        return checkout

    def run(self, *command: str) -> str:
        """What a command prints, run at the root of the copy. It has to end well."""
        done = subprocess.run(
            command, cwd=self.folder, env=_environment(), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}: {done.stdout}{done.stderr}"
        return done.stdout

    def insert(self, path: str, before: str, text: str) -> None:
        """Edit a file by hand: put a text before the first place of another."""
        old = (self.folder / path).read_text()
        assert before in old, f"{path}: {before}"
        (self.folder / path).write_text(old.replace(before, text + before, 1))

    def changed(self) -> list[str]:
        """The paths that differ from the commit, new ones included."""
        lines = self.run("git", "status", "--porcelain", "--untracked-files=all").splitlines()
        return sorted(line[3:] for line in lines)


def _environment() -> dict[str, str]:
    """Without what pytest tells its own children."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
