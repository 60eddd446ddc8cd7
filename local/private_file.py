"""Files that only their owner can read, from the moment when they are made."""

from __future__ import annotations

from pathlib import Path

from local.whole_file import PRIVATE_MODE, create_whole, write_whole


def write_private(path: Path, text: str) -> bool:
    """Write a file; return whether that changed it."""
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text, PRIVATE_MODE, durable=True)
    return True


def create_private(path: Path, text: str) -> None:
    """Write a file that is not there yet. If two write it at once, the first one's text stays."""
    path.parent.mkdir(parents=True, exist_ok=True)
    create_whole(path, text, PRIVATE_MODE)
