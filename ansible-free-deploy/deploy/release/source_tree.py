"""A source tree: which of a folder's files belong to it, and the hash of them all.

Caches, installed packages and hidden files do not belong to it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deploy.remote.errors import DeployError

HASH_LENGTH = 12
IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules"})
IGNORED_SUFFIXES = frozenset({".pyc", ".pyo", ".swp", ".orig", ".partial"})
EXECUTABLE_MODE = 0o755
PLAIN_MODE = 0o644


@dataclass(frozen=True)
class SourceFile:
    """One file of a tree: its path in the tree, what is in it, and the mode that it gets elsewhere."""

    name: str
    content: bytes
    mode: int


def source_files(folder: Path) -> list[Path]:
    """The files of a tree in the order of their relative paths.

    Raises DeployError for a symbolic link: what it points at would not come along.
    """
    return sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())


def read_files(folder: Path) -> list[SourceFile]:
    """The files of a tree with their content, in the order of their paths."""
    return [
        SourceFile(path.relative_to(folder).as_posix(), path.read_bytes(), _mode(path))
        for path in source_files(folder)
    ]


def tree_hash(files: Iterable[SourceFile]) -> str:
    """The beginning of the SHA-256 (hex) over each file's path, mode and content."""
    digest = hashlib.sha256()
    for file in files:
        checksum = hashlib.sha256(file.content).hexdigest()
        digest.update(f"{file.name}\0{file.mode}\0{checksum}\0".encode())
    return digest.hexdigest()[:HASH_LENGTH]


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.name in IGNORED_FOLDERS or path.suffix in IGNORED_SUFFIXES:
            continue
        if path.is_symlink():
            raise DeployError(f"{path} is a symbolic link; only plain files can be deployed")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def _mode(path: Path) -> int:
    """Only whether a file can be executed counts: the rest of its mode is this machine's matter."""
    return EXECUTABLE_MODE if path.stat().st_mode & 0o100 else PLAIN_MODE
