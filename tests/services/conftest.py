"""Worlds for these tests: one without processes per test, and one with the real services for all of them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from local.places import claim, release
from local.resource_store import ResourceStore
from local.world import WORLD_KEY, World, stack_file
from tests.services.declarations import PROJECT, REGION, Declarations
from tests.services.recording_function import RecordingFunction
from tests.services.running_services import RunningServices

PORTS = {
    "portal": 8400,
    "functions": 8401,
    "googleapis": 8402,
    "firestore": 8403,
    "auth": 8404,
    "kenni": 8405,
    "eventarc": 8406,
    "mail": 8407,
    "smtp": 8408,
}


@pytest.fixture
def quiet_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world of which only the folder exists."""
    monkeypatch.setattr("local.world.LOCAL", tmp_path)
    return World("quiet", PROJECT, REGION, "127.0.0.1", IPv4Network("198.51.100.0/30"), PORTS)


@pytest.fixture
def quiet_store(quiet_world: World) -> ResourceStore:
    return ResourceStore(quiet_world)


@pytest.fixture(scope="session")
def running_world() -> Iterator[World]:
    """A world with an address of its own, to start services in."""
    name = f"services-{os.getpid()}"
    path = stack_file(name)
    place = claim(path)
    facts = {"address": place.address, "hostNetwork": str(place.network), "ports": PORTS}
    config = {"gcp:project": PROJECT, "gcp:region": REGION, WORLD_KEY: facts}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"config": config}))
    world = World.load(name)
    yield world
    release(path)
    path.unlink()
    shutil.rmtree(world.state, ignore_errors=True)


@pytest.fixture(scope="session")
def services(running_world: World) -> Iterator[RunningServices]:
    """The world's services, ended after all tests."""
    running = RunningServices(running_world)
    yield running
    running.stop_all()


@pytest.fixture
def ingress(services: RunningServices) -> None:
    services.start("ingress")


@pytest.fixture
def googleapis(services: RunningServices) -> None:
    services.start("googleapis")


@pytest.fixture
def firestore(services: RunningServices) -> None:
    services.start("firestore")


@pytest.fixture
def declared(running_world: World) -> Iterator[Declarations]:
    """The resources declared in the running world, which are removed after each test."""
    declarations = Declarations(running_world)
    yield declarations
    declarations.forget()


@pytest.fixture
def function(running_world: World) -> Iterator[RecordingFunction]:
    """A server in the place of a function, which answers as told and keeps its requests."""
    with RecordingFunction(running_world.address) as recording:
        yield recording
