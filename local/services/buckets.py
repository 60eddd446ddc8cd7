"""The folders of the world's buckets, which the provider makes, and the files of their objects."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from local.world import World

BUCKETS = "storage.buckets"


def bucket_folder(world: World, bucket: str) -> Path:
    """The folder of a bucket's objects."""
    return world.state / "buckets" / bucket


def object_path(world: World, bucket: str, name: str) -> Path:
    """The file of an object. The object's name is quoted, so that the file stays in the bucket's folder."""
    return bucket_folder(world, bucket) / quote(name, safe="")
