"""A world of which only the front ends run, and clients of them that nobody here wrote."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import httpx
import pytest
import yaml
from google.oauth2.credentials import Credentials

from local import supervisor
from local.google.apis import APIS
from local.places import claim, release
from local.resource_store import Record, ResourceStore
from local.services.firestore import DATABASES
from local.world import WORLD_KEY, World, stack_file
from tests.google.functions import OWNER, Functions
from tests.google.google_clients import discovered_at
from tests.services.conftest import PORTS
from tests.services.running_services import RunningServices

REGION = "europe-west2"
BATCH = 20
Google = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def google_world() -> Iterator[World]:
    """The world, whose project has every API enabled that is served."""
    with running("google") as world:
        enable(world, sorted({api.service for api in APIS}))
        yield world


@pytest.fixture(scope="session")
def functions(google_world: World) -> Iterator[Functions]:
    """The functions of the world, of which one, `greet_all`, serves."""
    root = google_world.url("googleapis")
    with httpx.Client(base_url=root, headers=bearer(), trust_env=False, timeout=60) as client:
        made = Functions(google_world, client)
        made.prepare()
        operation = made.create("greet_all")
        assert "error" not in operation, operation
        yield made
        made.delete("greet_all")


@contextmanager
def running(name: str, **google: Any) -> Iterator[World]:
    """A world with its front ends, and a project in which nothing is enabled yet.

    `google`: the world's facts about how Google treats it.
    """
    name = f"{name}-{os.getpid()}"
    path = stack_file(name)
    place = claim(path)
    facts = {"address": place.address, "hostNetwork": str(place.network), "ports": PORTS, **google}
    config = {"gcp:project": f"demo-{name}", "gcp:region": REGION, WORLD_KEY: facts}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump({"config": config}))
    world = World.load(name)
    services = RunningServices(world)
    services.start("googleapis")
    yield world
    services.stop_all()
    supervisor.stop_daemon(world)
    release(path)
    path.unlink()
    shutil.rmtree(world.state, ignore_errors=True)


def enable(world: World, services: list[str]) -> None:
    """Enable APIs, as many at once as Google takes."""
    url = f"{world.url('googleapis')}/serviceusage/v1/projects/{world.project}/services:batchEnable"
    for first in range(0, len(services), BATCH):
        body = {"serviceIds": services[first : first + BATCH]}
        httpx.post(url, json=body, headers=bearer(), trust_env=False).raise_for_status()


def bearer(token: str = OWNER) -> dict[str, str]:
    """The header of a caller."""
    return {"Authorization": f"Bearer {token}"}


@pytest.fixture
def rest(google_world: World) -> Iterator[httpx.Client]:
    """Plain HTTP, as the project's owner."""
    root = google_world.url("googleapis")
    with httpx.Client(base_url=root, headers=bearer(), trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def discovered(google_world: World) -> Iterator[Callable[[str], Any]]:
    """google-api-python-client for an API, such as `iam.v1`, with its own discovery document."""

    with ExitStack() as built:
        yield lambda name: built.enter_context(discovered_at(google_world, name))


@pytest.fixture
def options(google_world: World) -> Callable[[str], dict[str, Any]]:
    """What Google's client library for an API is given."""

    def given(api: str) -> dict[str, Any]:
        return {
            "credentials": Credentials("owner"),
            "client_options": {"api_endpoint": f"{google_world.url('googleapis')}/{api}"},
        }

    return given


@pytest.fixture
def database(google_world: World) -> Iterator[str]:
    """A database as far as its administration is concerned; its emulator does not run."""
    store, name = ResourceStore(google_world), f"projects/{google_world.project}/databases/of-clients"
    store.put(Record(DATABASES, name, {"locationId": REGION, "type": "FIRESTORE_NATIVE"}))
    yield name
    for kind in (DATABASES, "firestore.indexes", "firestore.fields"):
        for record in list(store.list(kind)):
            if f"{record.name}/".startswith(f"{name}/"):
                store.delete(kind, record.name)


@pytest.fixture
def parent(google_world: World) -> str:
    """The project."""
    return f"projects/{google_world.project}"
