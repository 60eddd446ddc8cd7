"""Google's Firestore emulator and the host's Django on PostgreSQL; every test has a project of its own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
from google.cloud import firestore
from pydantic import SecretStr

from bench.rig import running_emulator
from runtime.settings import RunLimits
from sync.django_client import DjangoClient
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.integration.both_halves import Site
from tests.linode.django_server import running_django
from tests.linode.postgres import running_postgres


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """Where the emulator listens."""
    with running_emulator() as address:
        yield address


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
    yield Sync(
        reconciler, FirestoreQueue(client), FirestoreLog(client), RunLimits(batch_size=50, parallel_batches=2)
    )
    peer.close()
