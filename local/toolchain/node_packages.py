"""Installs the npm packages that each package-lock.json names, without running their scripts."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from local.steps import Say
from local.toolchain.tool import Tool, run_logged
from local.whole_file import whole_folder
from local.world import CACHE, ROOT

FOLDERS = (ROOT / "local" / "node", ROOT / "portal")
KEPT = CACHE / "node-modules"
STAMP = ".lock-file-hash"
"""A file in node_modules with the hash of the lock file from which it was installed."""


def find() -> str | None:
    """The folders, if each has what its lock file names."""
    return None if any(_outdated()) else ", ".join(str(folder.relative_to(ROOT)) for folder in FOLDERS)


def install(say: Say) -> str:
    """Run `npm ci` in each folder whose lock file has changed."""
    folders = list(_outdated())
    for folder in folders:
        say(f"fetching those of {folder.relative_to(ROOT)}")
        _install_in(folder)
    return f"installed those of {', '.join(str(folder.relative_to(ROOT)) for folder in folders)}"


def ensure(folder: Path) -> None:
    """Install the packages of a folder that only some test needs, if its lock file has changed."""
    if _is_outdated(folder):
        _install_in(folder)


def _outdated() -> Iterator[Path]:
    yield from filter(_is_outdated, FOLDERS)


def _is_outdated(folder: Path) -> bool:
    stamp = folder / "node_modules" / STAMP
    return not stamp.exists() or stamp.read_text() != _lock_hash(folder)


def _install_in(folder: Path) -> None:
    """Take what another clone of this user installed from the same lock file, or else use npm."""
    packages, kept = folder / "node_modules", KEPT / _lock_hash(folder)
    if kept.exists():
        shutil.rmtree(packages, ignore_errors=True)
        _link_tree(kept, packages)
        return
    run_logged(f"npm-{folder.name}", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], folder)
    packages.mkdir(exist_ok=True)
    (packages / STAMP).write_text(kept.name)
    _link_tree(packages, kept)


def _link_tree(source: Path, target: Path) -> None:
    """Copy a tree by hard links, which take no space; on another disk, copy the files."""
    with whole_folder(target) as made:
        shutil.copytree(source, made, symlinks=True, copy_function=_link_file, dirs_exist_ok=True)


def _link_file(source: str, target: str) -> None:
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError:
        shutil.copy2(source, target, follow_symlinks=False)


def _lock_hash(folder: Path) -> str:
    return hashlib.sha256((folder / "package-lock.json").read_bytes()).hexdigest()


TOOL = Tool("npm packages", "what node runs, by the lock files", find, install)
