"""Functions of one archive are built at once, and archives that cannot be built are refused."""

from __future__ import annotations

import shutil
import threading
import zipfile
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from local import world as world_module
from local.provider.gcp import function_build
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.scope import Operation, Scope
from local.provider.resource_type import Inputs
from local.resource_store import Record, ResourceStore
from local.services.buckets import object_path
from local.services.stored_objects import OBJECTS
from local.world import World

PROJECT = "demo-build"
BUILD: Inputs = {"entryPoint": "greet", "source": {"storageSource": {"bucket": "b", "object": "source.zip"}}}
FUNCTIONS = 6
TIMES = 10
PACKAGES = 30


@pytest.fixture
def operation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Operation:
    """An operation in a world whose folder belongs to the test."""
    monkeypatch.setattr(world_module, "LOCAL", tmp_path)
    world = World("build", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.252/30"), {})
    store = ResourceStore(world)
    store.put(Record(OBJECTS, "b/b/o/source.zip", {}))
    object_path(world, "b", "source.zip").parent.mkdir(parents=True)
    return Operation(Scope(PROJECT, world.region), world, store, "urn", lambda _line: None)


def put_archive(operation: Operation, **files: str) -> None:
    """Put an archive with these modules, and with many packages beside them, into the bucket."""
    with zipfile.ZipFile(object_path(operation.world, "b", "source.zip"), "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
        for number in range(PACKAGES):
            archive.writestr(f"package{number}/deep/module.py", "x = 1\n")


def test_functions_of_one_archive_are_built_at_once(operation: Operation) -> None:
    """The engine creates functions in threads of one process; each must find the whole source."""
    put_archive(operation, main="def greet(request): ...\n")
    all_here = threading.Barrier(FUNCTIONS)

    def build(_number: int) -> int:
        all_here.wait(timeout=30)
        return len(list(function_build.unpack(operation, BUILD).rglob("*.py")))

    with ThreadPoolExecutor(FUNCTIONS) as pool:
        for _ in range(TIMES):
            assert list(pool.map(build, range(FUNCTIONS))) == [PACKAGES + 1] * FUNCTIONS
            (folder,) = (operation.world.state / "functions" / "sources").iterdir()
            shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"helper": ""}, "missing main.py"),
        ({"main": "def other(): ...\n"}, "has no function 'greet'"),
        ({"main": "", "../outside": ""}, "a member outside itself: ../outside.py"),
    ],
)
def test_an_archive_that_cannot_be_built_is_refused(
    operation: Operation, files: dict[str, str], says: str
) -> None:
    put_archive(operation, **files)
    with pytest.raises(GoogleError, match=says):
        function_build.unpack(operation, BUILD)


def test_a_broken_archive_is_refused_and_leaves_nothing(operation: Operation) -> None:
    object_path(operation.world, "b", "source.zip").write_bytes(b"PK no more")
    with pytest.raises(GoogleError, match="the source archive cannot be read"):
        function_build.unpack(operation, BUILD)
    assert not list((operation.world.state / "functions").rglob("*"))
