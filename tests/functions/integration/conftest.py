"""Google's Firestore emulator and the host's Django on PostgreSQL; every test has a project of its own."""

from __future__ import annotations

import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud import firestore
from pydantic import SecretStr

from local.services import emulator_tools
from sync.django_client import DjangoClient
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.runs import Limits, Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.integration.both_halves import Site
from tests.linode.django_server import running_django
from tests.linode.postgres import running_postgres

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
START_SECONDS = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the Firestore emulator did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the emulator listens."""
    port = _free_port()
    log = tmp_path_factory.mktemp("firestore") / "log"
    command = [str(emulator_tools.java()), "-cp", str(emulator_tools.firestore_jar()), MAIN_CLASS]
    command += ["start", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, process, log)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def project(emulator: str, environment: pytest.MonkeyPatch) -> str:
    """A new project, to which the functions' own clients are pointed."""
    project = f"demo-{uuid.uuid4().hex[:12]}"
    environment.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    environment.setenv("GCP_PROJECT", project)
    return project


@pytest.fixture
def client(project: str) -> Iterator[firestore.Client]:
    """The database of this test."""
    client = firestore.Client(project=project)
    yield client
    client.close()


@pytest.fixture(scope="session")
def served() -> Iterator[Site]:
    """The host's Django and its PostgreSQL, once for all tests."""
    database = "both_halves"
    with running_postgres() as postgres, running_django(postgres.create_database(database)) as server:
        yield Site(postgres, database, server)


@pytest.fixture
def site(served: Site) -> Site:
    """The served site with an empty register, as if it had never seen a cloud."""
    tables = "membership_comrade, membership_membersyncqueue, sync_shadow, sync_intent, sync_conflict"
    served.sql(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")
    return served


@pytest.fixture
def real_sync(site: Site, client: firestore.Client) -> Iterator[Sync]:
    """The sync as it is deployed, but that it does not wait before it tries again."""
    field_map = load_field_map()
    peer = DjangoClient(site.base_url, SecretStr(site.token))
    reconciler = Reconciler(FirestoreStore(client, field_map), peer, field_map, NO_WAIT)
    yield Sync(reconciler, FirestoreQueue(client), FirestoreLog(client), Limits(batch=50, parallel=2))
    peer.close()
