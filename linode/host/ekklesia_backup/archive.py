"""Makes an archive: an uncompressed tar whose members are each encrypted before they touch the disk.

    manifest.json.age   what the archive holds: rows of each table, sizes and checksums of the other members
    database.dump.age   pg_dump's custom format
    media.tar.age       the uploaded files

`NAME.tar` and `NAME.tar.sha256` lie side by side. The checksum is written first, so a file with an archive's
name is complete. Only the holder of the offline key can read any of it.
"""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import tarfile
from datetime import datetime, timezone
from typing import Dict, Iterable, Iterator, List

from ekklesia_backup.configuration import Settings
from ekklesia_backup.errors import BackupError
from ekklesia_backup.snapshot import Snapshot

MANIFEST = "manifest.json"
DATABASE = "database.dump"
MEDIA = "media.tar"
VERSION = 1
PARTIAL = ".partial-"
CHUNK = 1024 * 1024
"""Bytes."""


def make(settings: Settings, reason: str) -> str:
    """Make an archive and its checksum; its path. Raises BackupError, and leaves nothing, if that fails."""
    os.umask(0o077)
    remove_partial(settings.folder)
    name = "{:%Y%m%dT%H%M%SZ}-{}.tar".format(datetime.now(timezone.utc), reason)
    path, partial = os.path.join(settings.folder, name), os.path.join(settings.folder, PARTIAL + name)
    os.mkdir(partial)
    try:
        _write_members(settings, reason, partial)
        joined = os.path.join(partial, name)
        _join(joined, partial)
        _write_checksum(path, joined)
        os.rename(joined, path)
    except OSError as error:
        raise BackupError(str(error))
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return path


def remove_partial(folder: str) -> None:
    """Remove what interrupted runs left, which is encrypted too."""
    for name in os.listdir(folder):
        if name.startswith(PARTIAL):
            shutil.rmtree(os.path.join(folder, name))


def is_whole(path: str) -> bool:
    """Whether an archive's content matches its checksum."""
    try:
        with open(path + ".sha256", encoding="ascii") as file:
            return file.read().split()[:1] == [sha256_of(path)]
    except (OSError, ValueError):
        return False


def sha256_of(path: str) -> str:
    """The SHA-256 of a file, hexadecimal."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        for chunk in iter(lambda: file.read(CHUNK), b""):
            digest.update(chunk)
    return digest.hexdigest()


def _write_members(settings: Settings, reason: str, folder: str) -> None:
    manifest = {
        "version": VERSION,
        "made": "{:%Y-%m-%dT%H:%M:%SZ}".format(datetime.now(timezone.utc)),
        "reason": reason,
        "host": socket.gethostname(),
        "release": os.path.basename(os.path.realpath(settings.release)),
        "members": {},
    }
    with Snapshot(settings.database) as snapshot:
        manifest.update(rows=snapshot.rows(), server=snapshot.server())
        sources = {DATABASE: snapshot.dump_command(), MEDIA: _media_command(settings.media)}
        for member, command in sources.items():
            written = encrypt(settings.recipient, _output_of(command), _encrypted(folder, member))
            manifest["members"][member] = written
    text = json.dumps(manifest, indent=1, sort_keys=True)
    encrypt(settings.recipient, [text.encode()], _encrypted(folder, MANIFEST))


def _encrypted(folder: str, member: str) -> str:
    return os.path.join(folder, member + ".age")


def _media_command(folder: str) -> List[str]:
    return ["tar", "--create", "--file=-", "--directory", folder, "."]


def _output_of(command: List[str]) -> Iterator[bytes]:
    """What a command prints, chunk by chunk. Raises BackupError at the end if the command failed."""
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        yield from iter(lambda: process.stdout.read(CHUNK), b"")
    if process.returncode:
        tool = command[command.index("--") + 1] if "--" in command else command[0]
        raise BackupError("{} failed (exit status {})".format(tool, process.returncode))


def encrypt(recipient: str, chunks: Iterable[bytes], path: str) -> Dict[str, object]:
    """Write the chunks, encrypted, to a file; the size and checksum of what was encrypted."""
    digest, size = hashlib.sha256(), 0
    with open(path, "wb") as file:
        age = subprocess.Popen(["age", "--recipient", recipient], stdin=subprocess.PIPE, stdout=file)
        try:
            with age:
                for chunk in chunks:
                    digest.update(chunk)
                    size += len(chunk)
                    age.stdin.write(chunk)
        except BrokenPipeError:
            raise BackupError("age failed (exit status {})".format(age.returncode))
    if age.returncode:
        raise BackupError("age failed (exit status {})".format(age.returncode))
    return {"sha256": digest.hexdigest(), "bytes": size}


def _join(path: str, folder: str) -> None:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as archive:
        for member in (MANIFEST, DATABASE, MEDIA):
            name = member + ".age"
            archive.add(os.path.join(folder, name), arcname=name)
            os.remove(os.path.join(folder, name))


def _write_checksum(path: str, joined: str) -> None:
    with open(joined, "rb") as file:
        os.fsync(file.fileno())
    with open(path + ".sha256", "w", encoding="ascii") as file:
        file.write("{}  {}\n".format(sha256_of(joined), os.path.basename(path)))
