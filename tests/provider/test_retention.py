"""A bucket's retention policy holds against whoever may delete, and a locked one against its owner."""

from __future__ import annotations

import os
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import pytest

from local import world as world_module
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.scope import Operation, Scope
from local.provider.gcp.storage import Bucket
from local.resource_store import Record, ResourceStore
from local.services.buckets import BUCKETS, object_path
from local.world import World

PROJECT = "demo-retention"
DAY = 24 * 3600


@pytest.fixture
def operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """An operation in a world whose folder belongs to the test."""
    monkeypatch.setattr(world_module, "LOCAL", tmp_path)
    world = World("retention", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.252/30"), {})
    return Operation(Scope(PROJECT, world.region), world, ResourceStore(world), "urn", lambda _line: None)


def inputs(days: int, *, locked: bool = False) -> dict[str, Any]:
    policy = {"retentionPeriod": str(days * DAY), "isLocked": locked}
    return {"name": "b", "location": "EU", "forceDestroy": True, "retentionPolicy": policy}


def record(operation: Operation, declared: dict[str, Any]) -> Record:
    """The bucket with one object that was added now."""
    made = Record(BUCKETS, "b/b", Bucket().translate(operation.scope, declared))
    operation.store.put(made)
    object_path(operation.world, "b", "backup.age").parent.mkdir(parents=True)
    object_path(operation.world, "b", "backup.age").write_text("x")
    return made


def test_a_young_object_keeps_its_bucket(operation: Operation) -> None:
    declared = inputs(1)
    made = record(operation, declared)
    with pytest.raises(GoogleError, match=r"backup\.age' is subject to bucket's retention policy"):
        Bucket().unrealise(operation, made, declared)

    path = object_path(operation.world, "b", "backup.age")
    os.utime(path, (0, path.stat().st_mtime - DAY - 60))
    Bucket().unrealise(operation, made, declared)
    assert not path.exists()


@pytest.mark.parametrize(
    "weaker", [inputs(89, locked=True), inputs(90), {"name": "b", "location": "EU"}], ids=str
)
def test_what_is_locked_only_grows(operation: Operation, weaker: dict[str, Any]) -> None:
    record(operation, inputs(90, locked=True))
    with pytest.raises(GoogleError, match="Cannot reduce or remove the locked retention policy of b"):
        Bucket().demand(operation, weaker)
    Bucket().demand(operation, inputs(91, locked=True))


def test_what_is_not_locked_may_be_taken_away(operation: Operation) -> None:
    record(operation, inputs(90))
    Bucket().demand(operation, {"name": "b", "location": "EU"})
