"""Stores the values of secret versions, each in a file that only its owner can read."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from local.resource_store import Record, ResourceStore
from local.whole_file import PRIVATE_MODE, write_whole
from local.world import World

VERSIONS = "secretmanager.versions"
LATEST = "latest"


def payload_path(world: World, version_name: str) -> Path:
    """The file with the value of `projects/P/secrets/S/versions/N`."""
    _, _, _, secret, _, number = version_name.split("/")
    return world.state / "secrets" / secret / number


def claim_version(world: World, secret_name: str) -> str:
    """A new version's name. Its empty file is made now, so that nobody else gets the same number."""
    number = 1
    while True:
        name = f"{secret_name}/versions/{number}"
        path = payload_path(world, name)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            path.touch(mode=0o600, exist_ok=False)
            return name
        number += 1


def write_payload(world: World, version_name: str, payload: bytes) -> None:
    """Store a version's value."""
    write_whole(payload_path(world, version_name), payload, PRIVATE_MODE, durable=True)


def read_payload(world: World, version_name: str) -> bytes:
    """A version's value."""
    return payload_path(world, version_name).read_bytes()


def erase_payload(world: World, version_name: str) -> None:
    """Destroy a version's value; its number stays taken."""
    payload_path(world, version_name).write_bytes(b"")


def resolve_version(store: ResourceStore, secret_name: str, version: str) -> Record | None:
    """The enabled version with that number, or the newest for `latest`; None if there is none."""
    if version != LATEST:
        record = store.get(VERSIONS, f"{secret_name}/versions/{version}")
        return record if record and record.resource["state"] == "ENABLED" else None
    enabled = [
        record
        for record in store.list(VERSIONS)
        if record.name.startswith(f"{secret_name}/versions/") and record.resource["state"] == "ENABLED"
    ]
    return max(enabled, key=lambda record: int(record.name.rsplit("/", 1)[-1]), default=None)
