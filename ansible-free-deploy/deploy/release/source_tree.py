"""A source tree: which of a folder's files belong to it, and the hash of them all.

Only what runs belongs to it: no tests, caches, installed packages or hidden files. Pulumi's program triggers
deploys and names archives by this hash, and a release is made of these files and named by it. So a file that
is not shipped changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from deploy.remote.errors import DeployError

LEFT_OUT_FOLDERS = frozenset({"__pycache__", "node_modules", "tests"})
LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyo", ".swp", ".orig", ".partial"})
EXECUTABLE_MODE = 0o755
PLAIN_MODE = 0o644


@dataclass(frozen=True)
class SourceFile:
    """One file of a tree: its path in the tree, its content, and the mode that it gets elsewhere."""

    name: str
    content: bytes
    mode: int


def source_files(folder: Path) -> list[Path]:
    """The files of a tree in the order of their relative paths.

    Raises DeployError for a folder that does not exist, and for a symbolic link: what a link points at is
    not in the repository, so it would be deployed differently from one machine to the next.
    """
    if not folder.is_dir():
        raise DeployError(f"{folder} is not a folder")
    return sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())


def belongs(path: PurePath) -> bool:
    """Whether a path, relative to its tree, belongs to the tree; the file need not exist."""
    return all(_is_wanted(PurePath(part)) for part in path.parts)


def read_files(folder: Path) -> list[SourceFile]:
    """The files of a tree with their content, in the order of their paths. Raises DeployError."""
    return [
        SourceFile(path.relative_to(folder).as_posix(), path.read_bytes(), _mode(path))
        for path in source_files(folder)
    ]


def tree_hash(files: Iterable[SourceFile]) -> str:
    """SHA-256 (hex) over each file's path, mode and content."""
    digest = hashlib.sha256()
    for file in files:
        checksum = hashlib.sha256(file.content).hexdigest()
        digest.update(f"{file.name}\0{file.mode}\0{checksum}\0".encode())
    return digest.hexdigest()


def content_hash(folder: Path) -> str:
    """The hash of the tree in a folder. Raises DeployError."""
    return tree_hash(read_files(folder))


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if not _is_wanted(path):
            continue
        if path.is_symlink():
            raise DeployError(f"{path} is a symbolic link; only plain files can be deployed")
        if path.is_dir():
            yield from _walk(path)
        else:
            yield path


def _is_wanted(path: PurePath) -> bool:
    """By its last part alone, without looking at the disk."""
    return (
        not path.name.startswith(".")
        and path.name not in LEFT_OUT_FOLDERS
        and path.suffix not in LEFT_OUT_SUFFIXES
    )


def _mode(path: Path) -> int:
    """Only whether a file can be executed counts: the rest of its mode is this machine's matter."""
    return EXECUTABLE_MODE if path.stat().st_mode & 0o100 else PLAIN_MODE
