"""The objects of buckets: files, and a record of what a client said of each."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import google_crc32c

from local.resource_store import Record, ResourceStore
from local.services.buckets import bucket_folder
from local.whole_file import SUFFIX
from local.world import World

OBJECTS = "storage.objects"


def is_object(path: Path) -> bool:
    """Whether there is an object whose file this is."""
    return path.is_file() and not path.name.endswith(SUFFIX)


def objects_of(world: World, bucket: str) -> Iterator[Path]:
    """The files of a bucket's objects, by name."""
    folder = bucket_folder(world, bucket)
    return (path for path in sorted(folder.iterdir()) if is_object(path)) if folder.is_dir() else iter(())


def remember(store: ResourceStore, bucket: str, name: str, said: dict[str, Any]) -> None:
    """Record what a client said of an object."""
    names = ("contentType", "cacheControl", "metadata")
    kept: dict[str, Any] = {key: said[key] for key in names if key in said}
    store.put(Record(OBJECTS, f"b/{bucket}/o/{name}", {"bucket": bucket, "name": name, **kept}))


def forget(store: ResourceStore, bucket: str, path: Path) -> None:
    """Remove an object."""
    path.unlink()
    store.delete(OBJECTS, f"b/{bucket}/o/{unquote(path.name)}")


def generation_of(path: Path) -> str:
    """The generation of an object: when its file was written, in microseconds."""
    return str(int(path.stat().st_mtime * 1_000_000))


def described(world: World, bucket: str, path: Path) -> dict[str, Any]:
    """The object as Cloud Storage's API has it, with the checksums of its content."""
    name, content = unquote(path.name), path.read_bytes()
    record = ResourceStore(world).get(OBJECTS, f"b/{bucket}/o/{name}")
    changed = path.stat().st_mtime
    place, root = f"storage/v1/b/{bucket}/o/{quote(name, safe='')}", world.url("googleapis")
    at = datetime.fromtimestamp(changed, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    said: dict[str, Any] = record.resource if record else {}
    return {
        **said,
        "kind": "storage#object",
        "bucket": bucket,
        "name": name,
        "size": str(len(content)),
        "md5Hash": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode(),
        "crc32c": base64.b64encode(google_crc32c.value(content).to_bytes(4, "big")).decode(),
        "generation": generation_of(path),
        "metageneration": "1",
        "timeCreated": at,
        "updated": at,
        "selfLink": f"{root}/{place}",
        "mediaLink": f"{root}/download/{place}?alt=media",
    }
