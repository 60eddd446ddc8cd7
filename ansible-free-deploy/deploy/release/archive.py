"""What of `linode/` goes to the host: a compressed archive, named by its content's hash and the time."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from deploy.release.name import HASH_LENGTH
from deploy.release.source_tree import SourceFile, read_files, tree_hash
from deploy.remote.stack_file import ROOT

SOURCE = ROOT / "linode"


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
    """Pack a tree. Raises DeployError for one that cannot be shipped as it is."""
    files = read_files(source)
    content = _packed(files)
    return Archive(content, hashlib.sha256(content).hexdigest(), tree_hash(files)[:HASH_LENGTH])


def _packed(files: Iterable[SourceFile]) -> bytes:
    buffer = io.BytesIO()
    with (
        gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w|", format=tarfile.PAX_FORMAT) as archive,
    ):
        for file in files:
            archive.addfile(_entry(file), io.BytesIO(file.content))
    return buffer.getvalue()


def _entry(file: SourceFile) -> tarfile.TarInfo:
    entry = tarfile.TarInfo(file.name)
    entry.size = len(file.content)
    entry.mode = file.mode
    return entry
