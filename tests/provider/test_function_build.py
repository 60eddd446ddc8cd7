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
from local.function_runtime import builds
from local.resource_store import Record, ResourceStore
from local.services.buckets import object_path
from local.services.google_errors import GoogleError
from local.services.stored_objects import OBJECTS
from local.world import World

PROJECT = "demo-build"
SOURCE = {"bucket": "b", "object": "source.zip"}
BUILD = {"entryPoint": "greet", "source": {"storageSource": SOURCE}}
PORTS = {"googleapis": 8402}
FUNCTIONS = 6
TIMES = 10
PACKAGES = 30


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world whose folder belongs to the test."""
    monkeypatch.setattr(world_module, "LOCAL", tmp_path)
    made = World("build", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.252/30"), PORTS)
    ResourceStore(made).put(Record(OBJECTS, "b/b/o/source.zip", {}))
    object_path(made, "b", "source.zip").parent.mkdir(parents=True)
    return made


def put_archive(world: World, **files: str) -> None:
    """Put an archive with these modules, and with many packages beside them, into the bucket."""
    with zipfile.ZipFile(object_path(world, "b", "source.zip"), "w") as archive:
        for name, text in files.items():
            archive.writestr(f"{name}.py", text)
        for number in range(PACKAGES):
            archive.writestr(f"package{number}/deep/module.py", "x = 1\n")


def test_functions_of_one_archive_are_built_at_once(world: World) -> None:
    """The engine creates functions in threads of one process; each must find the whole source."""
    put_archive(world, main="def greet(request): ...\n")
    all_here = threading.Barrier(FUNCTIONS)

    def build(_number: int) -> int:
        all_here.wait(timeout=30)
        return len(list(builds.unpack(world, BUILD).rglob("*.py")))

    with ThreadPoolExecutor(FUNCTIONS) as pool:
        for _ in range(TIMES):
            assert list(pool.map(build, range(FUNCTIONS))) == [PACKAGES + 1] * FUNCTIONS
            (folder,) = (world.state / "functions" / "sources").iterdir()
            shutil.rmtree(folder)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"helper": ""}, "missing main.py"),
        ({"main": "def other(): ...\n"}, "has no function 'greet'"),
        ({"main": "", "../outside": ""}, "a member outside itself: ../outside.py"),
    ],
)
def test_an_archive_that_cannot_be_built_is_refused(world: World, files: dict[str, str], says: str) -> None:
    put_archive(world, **files)
    with pytest.raises(GoogleError, match=says):
        builds.unpack(world, BUILD)


def test_another_generation_of_the_archive_is_not_there(world: World) -> None:
    put_archive(world, main="def greet(request): ...\n")
    storage = {**SOURCE, "generation": "1"}
    with pytest.raises(GoogleError, match=r"source\.zip#1"):
        builds.unpack(world, {**BUILD, "source": {"storageSource": storage}})


def test_a_broken_archive_is_refused_and_leaves_nothing(world: World) -> None:
    object_path(world, "b", "source.zip").write_bytes(b"PK no more")
    with pytest.raises(GoogleError, match="the source archive cannot be read"):
        builds.unpack(world, BUILD)
    assert not list((world.state / "functions").rglob("*"))
