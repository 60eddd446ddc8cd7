"""Writes files and folders whole: each is made under a unique temporary name and then renamed.

Owns every temporary name in `local/`: no two threads, processes or runs get the same one, and a failure
leaves none behind. If several write one file at once, the last one stays; if several create one file or one
folder, the first one stays.
"""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SUFFIX = ".partial"
"""The end of every temporary name, so that whoever lists a folder can leave these out."""
READABLE = 40
"""How many characters of the final name a temporary one keeps; a file system takes 255 bytes."""
USUAL_MODE = 0o666
"""The rights that `open` asks for, from which the process's umask takes some away."""
PRIVATE_MODE = 0o600


def write_whole(path: Path, content: str | bytes, mode: int = USUAL_MODE, *, durable: bool = False) -> None:
    """Write a file into a folder that is there; a reader finds the old file or the new one, never a part.

    `durable` waits for the disk: for content that cannot be made again after a power cut.
    """
    with whole_file(path, mode) as made:
        _fill(made, content, durable=durable)
    if durable:
        _flush(path.parent)


def create_whole(path: Path, content: str | bytes, mode: int = USUAL_MODE) -> None:
    """Write a durable file that is not there yet. If somebody else was quicker, theirs stays."""
    with _scratch_file(path, mode) as made:
        _fill(made, content, durable=True)
        with suppress(FileExistsError):
            os.link(made, path)
    _flush(path.parent)


@contextmanager
def whole_file(path: Path, mode: int = USUAL_MODE) -> Iterator[Path]:
    """An empty file beside `path` with these rights, which takes its place if the block ends well."""
    with _scratch_file(path, mode) as made:
        yield made
        made.replace(path)


@contextmanager
def whole_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path`, which takes its place if the block ends well.

    If somebody else has put a folder there in the meantime, theirs stays and this one goes.
    """
    with scratch_folder(path) as made:
        yield made
        try:
            made.rename(path)
        except OSError:
            if not path.is_dir():
                raise


@contextmanager
def scratch_folder(path: Path) -> Iterator[Path]:
    """An empty folder beside `path`; it is gone at the end of the block unless the block has moved it."""
    made = _sibling(path)
    made.mkdir(parents=True)
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def remove_leftovers(path: Path) -> None:
    """Remove the folders that killed runs left of `path`. Call it only under the lock that makes `path`."""
    for left in path.parent.glob(f".{path.name[:READABLE]}.*{SUFFIX}"):
        shutil.rmtree(left)


@contextmanager
def _scratch_file(path: Path, mode: int) -> Iterator[Path]:
    made = _sibling(path)
    os.close(os.open(made, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode))
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)


def _sibling(path: Path) -> Path:
    return path.with_name(f".{path.name[:READABLE]}.{secrets.token_hex(8)}{SUFFIX}")


def _fill(path: Path, content: str | bytes, *, durable: bool) -> None:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    if durable:
        _flush(path)


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
