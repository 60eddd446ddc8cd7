"""Worlds for these tests: one without processes per test, and one with the real services for all of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from ipaddress import IPv4Network
from pathlib import Path

import pytest
import yaml

from local.places import claim, release
from local.resource_store import ResourceStore
from local.services.readiness import wait_until_ready
from local.world import ROOT, WORLD_KEY, World, stack_file
from tests.services.declarations import PROJECT, REGION, Declarations
from tests.services.recording_function import RecordingFunction

PORTS = {
    "portal": 8400,
    "functions": 8401,
    "googleapis": 8402,
    "firestore": 8403,
    "auth": 8404,
    "kenni": 8405,
    "eventarc": 8406,
}
StartService = Callable[[str], subprocess.Popen[bytes]]


@pytest.fixture
def quiet_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world that is only a folder."""
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
def start_service(running_world: World) -> Iterator[StartService]:
    """Starts a service of the world, waits until it answers, and ends it after all tests."""
    started: list[subprocess.Popen[bytes]] = []

    def start(name: str) -> subprocess.Popen[bytes]:
        running_world.state.mkdir(parents=True, exist_ok=True)
        with (running_world.state / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", f"local.services.{name}", running_world.name]
            started.append(subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log))
        wait_until_ready(running_world, name)
        return started[-1]

    yield start
    for process in reversed(started):
        process.terminate()
    for process in started:
        process.wait()


@pytest.fixture(scope="session")
def ingress(start_service: StartService) -> subprocess.Popen[bytes]:
    return start_service("ingress")


@pytest.fixture(scope="session")
def googleapis(start_service: StartService) -> subprocess.Popen[bytes]:
    return start_service("googleapis")


@pytest.fixture(scope="session")
def hosting(start_service: StartService) -> subprocess.Popen[bytes]:
    return start_service("hosting")


@pytest.fixture(scope="session")
def firestore(start_service: StartService) -> subprocess.Popen[bytes]:
    return start_service("firestore")


@pytest.fixture
def declared(running_world: World) -> Iterator[Declarations]:
    """What the program declares in the running world; forgotten after each test."""
    declarations = Declarations(running_world)
    yield declarations
    declarations.forget()


@pytest.fixture
def function(running_world: World) -> Iterator[RecordingFunction]:
    """A process's stand-in that answers as told and keeps what it was sent."""
    with RecordingFunction(running_world.address) as recording:
        yield recording
