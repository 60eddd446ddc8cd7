"""Running the project's checkers as their users would, and showing what they say."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
Check = Callable[..., None]


@pytest.fixture
def passes() -> Check:
    """Fails the test with the checker's whole output, unless the checker finds nothing."""

    def check(*command: str | Path, folder: Path = ROOT) -> None:
        environment = os.environ | {"PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    return check


@pytest.fixture
def tracked() -> Callable[..., list[Path]]:
    """The files of the repository whose path matches a git pattern, new ones included."""

    def files(*patterns: str) -> list[Path]:
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
        names = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        return [path for name in names.split("\0") if name and (path := ROOT / name).exists()]

    return files
