"""Where the objects of the world's buckets are: the provider makes the folders, the stand-in adds files."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from local.world import World

BUCKETS = "storage.buckets"


def bucket_folder(world: World, bucket: str) -> Path:
    """Where a bucket's objects are kept."""
    return world.state / "buckets" / bucket


def object_path(world: World, bucket: str, name: str) -> Path:
    """The file that holds an object; its name is quoted, so that it stays in the bucket's folder."""
    return bucket_folder(world, bucket) / quote(name, safe="")
