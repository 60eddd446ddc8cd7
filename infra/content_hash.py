"""What a source tree consists of, and a hash that changes exactly when it does.

Deploys are triggered by these hashes and archives are named by them, so an unchanged tree is an empty diff.
Caches, hidden files and installed packages are no part of a tree.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pulumi

IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules"})
IGNORED_SUFFIXES = frozenset({".pyc", ".pyo", ".swp", ".orig", ".partial"})


def source_files(folder: Path) -> list[Path]:
    """The files of a tree in the order of their relative paths.

    Raises RunError for a folder that is not there, or a symbolic link: what a link points at is not in the
    repository, so it would be deployed differently from one machine to the next.
    """
    if not folder.is_dir():
        raise pulumi.RunError(f"{folder} is not a folder")
    return sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in IGNORED_FOLDERS or path.suffix in IGNORED_SUFFIXES:
            continue
        if path.is_symlink():
            raise pulumi.RunError(f"{path} is a symbolic link; only plain files can be deployed")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def content_hash(*folders: Path) -> str:
    """SHA-256 (hex) over each file's path, executable bit and bytes."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in source_files(folder):
            executable = bool(path.stat().st_mode & 0o100)
            header = f"{folder.name}/{path.relative_to(folder).as_posix()}\0{executable:d}\0"
            digest.update(header.encode())
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
