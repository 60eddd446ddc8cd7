"""Reading a backup's archive: all of it is checked before any of it is used, and decrypted while it is sent.

Decrypted content passes only through memory and pipes; it is never written to this machine's disk.
`linode/host/ekklesia_backup/archive.py` writes archives and says what is in one.
"""

from __future__ import annotations

import hashlib
import os
import tarfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedIOBase, BytesIO
from pathlib import Path
from typing import IO, cast

import pyrage
from pydantic import BaseModel, ValidationError

from deploy.backup.offline_key import Identities
from deploy.remote.errors import DeployError

DATABASE = "database.dump"
MEDIA = "media.tar"
MANIFEST = "manifest.json"
LARGEST_MANIFEST = 1024 * 1024
"""Bytes."""


class Member(BaseModel):
    """What one part of an archive was before it was encrypted."""

    sha256: str
    bytes: int


class Manifest(BaseModel):
    """What an archive says that it holds. `rows`: how many each table had at the time of the dump."""

    version: int
    made: str
    reason: str
    release: str
    server: str
    rows: dict[str, int]
    members: dict[str, Member]


class Archive:
    """An archive in a file of this machine, and the keys that open it."""

    def __init__(self, path: Path, identities: Identities, name: str = "") -> None:
        self.path = path
        self.name = name or path.name
        self._identities = identities

    def verify(self) -> Manifest:
        """Decrypt all of it and compare it with its manifest. Raises DeployError if anything differs."""
        try:
            manifest = Manifest.model_validate_json(self._small(MANIFEST))
        except ValidationError as error:
            raise self._damaged("its manifest cannot be read") from error
        for member in (DATABASE, MEDIA):
            checksum = _Checksum()
            self._decrypt(member, checksum)
            if manifest.members.get(member) != checksum.member():
                raise self._damaged(f"{member} is not what was backed up")
        return manifest

    @contextmanager
    def content(self, member: str) -> Iterator[IO[bytes]]:
        """The decrypted content of a member, to be read once from the beginning to the end."""
        reading, writing = os.pipe()
        failures: list[DeployError] = []
        writer = threading.Thread(target=self._fill, args=(member, writing, failures), daemon=True)
        with open(reading, "rb") as content:
            writer.start()
            yield content
        writer.join()
        if failures:
            raise failures[0]

    def _fill(self, member: str, writing: int, failures: list[DeployError]) -> None:
        try:
            with open(writing, "wb") as file:
                self._decrypt(member, file)
        except BrokenPipeError:
            return  # The reader has ended early, and says why.
        except DeployError as error:
            failures.append(error)

    def _small(self, member: str) -> bytes:
        content = BytesIO()
        self._decrypt(member, content, largest=LARGEST_MANIFEST)
        return content.getvalue()

    def _decrypt(self, member: str, into: BufferedIOBase, largest: int | None = None) -> None:
        """Write a member's content. age itself refuses what was altered or cut off."""
        try:
            with tarfile.open(self.path, "r:") as archive:
                entry = archive.getmember(f"{member}.age")
                source = archive.extractfile(entry)
                if source is None or (largest and entry.size > largest):
                    raise self._damaged(f"{member} is not what it should be")
                pyrage.decrypt_io(cast(BufferedIOBase, source), into, self._identities)
        except pyrage.DecryptError as error:
            if "No matching keys" in str(error):
                raise DeployError(f"{self.name} is encrypted for another key than this one") from error
            raise self._damaged(f"{member} was altered or cut off") from error
        except (tarfile.TarError, KeyError, EOFError, OSError) as error:
            if isinstance(error, BrokenPipeError):
                raise
            raise self._damaged(f"{member} was altered or cut off") from error

    def _damaged(self, how: str) -> DeployError:
        return DeployError(f"{self.name} is damaged: {how}")


class _Checksum(BytesIO):
    """Takes content and keeps nothing of it but its size and checksum."""

    def __init__(self) -> None:
        super().__init__()
        self._digest = hashlib.sha256()
        self._size = 0

    def write(self, data: bytes, /) -> int:  # type: ignore[override]
        self._digest.update(data)
        self._size += len(data)
        return len(data)

    def member(self) -> Member:
        return Member(sha256=self._digest.hexdigest(), bytes=self._size)
