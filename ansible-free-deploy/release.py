"""A release: what of `linode/` goes to the host, under a name made of its content's hash and the time."""

from __future__ import annotations

import gzip
import hashlib
import io
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from errors import DeployError
from stack_file import ROOT

SOURCE = ROOT / "linode"
HASH_LENGTH = 12
NAME = re.compile(rf"[0-9a-f]{{{HASH_LENGTH}}}-\d{{8}}T\d{{6}}Z")
IGNORED_FOLDERS = frozenset({"__pycache__", "node_modules"})
IGNORED_SUFFIXES = frozenset({".pyc", ".pyo", ".swp", ".orig", ".partial"})
LEGACY_REQUIREMENTS = "requirements/legacy.txt"
CURRENT_REQUIREMENTS = "requirements/current.txt"


@dataclass(frozen=True)
class Archive:
    """A tree as a compressed archive: the same bytes for the same content, wherever and whenever made."""

    content: bytes
    checksum: str
    tree_hash: str

    def release_name(self, now: datetime | None = None) -> str:
        """A name for a release of it, made now."""
        return f"{self.tree_hash}-{(now or datetime.now(UTC)).strftime('%Y%m%dT%H%M%SZ')}"


def make_archive(source: Path = SOURCE) -> Archive:
    """Pack a tree. Raises DeployError for a symbolic link: what it points at would not come along."""
    buffer = io.BytesIO()
    tree = hashlib.sha256()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for path in source_files(source):
            data = path.read_bytes()
            entry = _entry(path.relative_to(source).as_posix(), data, executable=_is_executable(path))
            archive.addfile(entry, io.BytesIO(data))
            tree.update(f"{entry.name}\0{entry.mode}\0{hashlib.sha256(data).hexdigest()}\0".encode())
    content = buffer.getvalue()
    return Archive(content, hashlib.sha256(content).hexdigest(), tree.hexdigest()[:HASH_LENGTH])


def source_files(folder: Path) -> list[Path]:
    """The files of a tree in the order of their relative paths, without caches and hidden ones."""
    return sorted(_walk(folder), key=lambda path: path.relative_to(folder).as_posix())


def check_name(name: str) -> str:
    """The name itself. Raises DeployError for one that no release can have."""
    if not NAME.fullmatch(name):
        raise DeployError(f"{name!r} is no name of a release; `fab releases` lists them")
    return name


def tree_hash_of(name: str) -> str:
    """The content's hash out of a release's name."""
    return name.partition("-")[0]


def made_at(name: str) -> str:
    """When a release was made, out of its name; texts that sort as the times do."""
    return name.partition("-")[2]


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


def _is_executable(path: Path) -> bool:
    return bool(path.stat().st_mode & 0o100)


def _entry(name: str, data: bytes, *, executable: bool) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(name)
    entry.size = len(data)
    entry.mode = 0o755 if executable else 0o644
    return entry
