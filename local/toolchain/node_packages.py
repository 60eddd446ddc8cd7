"""The npm packages of each folder with a package-lock.json: exactly those, and none of their scripts run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from local.toolchain.tool import Tool, run_logged
from local.world import ROOT

FOLDERS = (ROOT / "local" / "node", ROOT / "portal")
STAMP = ".lock-file-hash"
"""In node_modules: the hash of the lock file that it was installed from."""


def find() -> str | None:
    """A word when each folder holds what its lock file names."""
    return None if any(_outdated()) else ", ".join(str(folder.relative_to(ROOT)) for folder in FOLDERS)


def install() -> str:
    """`npm ci` in each folder whose lock file is not the one that it was installed from."""
    folders = list(_outdated())
    for folder in folders:
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund"]
        run_logged(f"npm-{folder.name}", ["npm", "ci", *quiet], folder)
        stamp = folder / "node_modules" / STAMP
        stamp.parent.mkdir(exist_ok=True)
        stamp.write_text(_lock_hash(folder))
    return f"installed those of {', '.join(str(folder.relative_to(ROOT)) for folder in folders)}"


def _outdated() -> Iterator[Path]:
    for folder in FOLDERS:
        stamp = folder / "node_modules" / STAMP
        if not stamp.exists() or stamp.read_text() != _lock_hash(folder):
            yield folder


def _lock_hash(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()


TOOL = Tool("npm packages", "what node runs, by the lock files", find, install)
