"""Runs mypy with a cache for this clone and this user; a new clone starts with a copy of an earlier one.

Two runs must not use one cache at the same time, and root must not write into a user's. The copy spares a new
clone the minute in which mypy learns the types of Pulumi's libraries.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from local.exclusive import exclusively
from local.whole_file import whole_folder
from local.world import CACHE, ROOT


@dataclass(frozen=True)
class MypyCache:
    """The cache of one clone, and the one that new clones start with."""

    own: Path
    kept: Path
    lock_file: Path
    """Names the libraries' versions. A kept cache is replaced as soon as these are others."""

    def prepare(self) -> None:
        """Give a clone without a cache a copy of the kept one."""
        with self._alone():
            if not self.own.exists() and self.kept.exists():
                with whole_folder(self.own) as made:
                    shutil.copytree(self.kept, made, dirs_exist_ok=True)

    def keep(self) -> None:
        """Keep a copy for new clones, unless there is one for the same libraries."""
        stamp = hashlib.sha256(self.lock_file.read_bytes()).hexdigest()
        with self._alone():
            if not (self.kept / stamp).exists():
                shutil.rmtree(self.kept, ignore_errors=True)
                with whole_folder(self.kept) as made:
                    shutil.copytree(self.own, made, dirs_exist_ok=True)
                    (made / stamp).touch()

    def _alone(self) -> AbstractContextManager[None]:
        return exclusively(self.kept.with_name(f"{self.kept.name}.lock"))


def main(arguments: Sequence[str]) -> int:
    """Run mypy with these arguments; its exit status."""
    user = os.getuid()
    cache = MypyCache(ROOT / f".mypy_cache.{user}", CACHE / f"mypy.{user}", ROOT / "uv.lock")
    cache.prepare()
    command = [sys.executable, "-m", "mypy", "--cache-dir", str(cache.own), *arguments]
    status = subprocess.run(command, cwd=ROOT, check=False).returncode
    if status == 0:
        cache.keep()
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
