"""Python 3.6, which production's host runs: used here if pyenv or the machine has one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from glob import glob
from pathlib import Path

from local.steps import Say
from local.toolchain.tool import Tool, ToolMissingError

WITHOUT = "the host takes Debian's own Python and the newest Django; tests on 3.6 are skipped"


def find() -> str | None:
    """The first interpreter that this user may run."""
    return next((path for path in _candidates() if os.access(path, os.X_OK)), None)


def install(_say: Say) -> str:
    """Say how to get it. No package index has it, and compiling it is the user's choice."""
    raise ToolMissingError("`pyenv install 3.6.15` gives it")


def pyenv_root() -> Path:
    """The folder of pyenv."""
    return Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))


def of_pyenv(pattern: str) -> list[str]:
    """The paths below pyenv's versions that match a pattern, newest first."""
    # pathlib's glob stops at a folder that this user cannot read.
    return sorted(glob(str(pyenv_root() / "versions" / pattern)), reverse=True)


def _candidates() -> Iterator[str]:
    found = shutil.which("python3.6")
    # A shim of pyenv's may not work; the folder of its versions, below, shows what is installed.
    if found and "shims" not in Path(found).parts:
        yield found
    yield from of_pyenv("3.6.*/bin/python3.6")


TOOL = Tool("python 3.6", "the interpreter of production's host", find, install, WITHOUT)
