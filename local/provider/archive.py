"""Turns Pulumi's assets and archives into the bytes that the real provider would upload."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from local.provider.properties import Archive, Asset
from local.provider.resource_type import ProviderError

EARLIEST_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
"""The time of every member, so that the same files make the same archive."""


def asset_bytes(asset: Asset) -> bytes:
    """A file's content."""
    if asset.text is not None:
        return asset.text.encode()
    if asset.path is not None:
        return Path(asset.path).read_bytes()
    raise ProviderError("the local provider does not download assets")


def archive_bytes(archive: Archive) -> bytes:
    """A tree of files as one zip archive. A file that is an archive already stays as it is."""
    if archive.path is not None and Path(archive.path).is_file():
        return Path(archive.path).read_bytes()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in sorted(_members(archive, "")):
            packed.writestr(zipfile.ZipInfo(name, EARLIEST_ZIP_TIME), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _members(archive: Archive, prefix: str) -> Iterator[tuple[str, bytes]]:
    if archive.uri is not None:
        raise ProviderError("the local provider does not download archives")
    if archive.path is not None:
        yield from _folder_members(Path(archive.path), prefix)
    for name, member in (archive.assets or {}).items():
        if isinstance(member, Archive):
            yield from _members(member, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}", asset_bytes(member)


def _folder_members(folder: Path, prefix: str) -> Iterator[tuple[str, bytes]]:
    for path in folder.rglob("*"):
        if path.is_file():
            yield f"{prefix}{path.relative_to(folder).as_posix()}", path.read_bytes()
