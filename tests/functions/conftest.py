"""The functions' sync over stores in memory and over real ones, and an environment that a test may change.

The real ones: Google's Firestore emulator, with a project for each test, and the host's Django on PostgreSQL.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import firebase_admin
import pytest
from google.cloud import firestore
from pydantic import SecretStr

from bench.rig import running_emulator
from runtime import clients
from runtime.settings import RunLimits
from sync import deployed
from sync.backoff import Backoff
from sync.django_client import DjangoClient
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.held_runs import FirestoreHeldRuns
from sync.personal_records import FirestoreRecords
from sync.queue_entries import FirestoreQueue
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from tests.functions.auth_emulator import running_auth_emulator
from tests.functions.both_halves import Site
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore
from tests.linode.django_server import running_django
from tests.linode.postgres import running_postgres
from tests.linode.tables import EMPTY

NO_WAIT = Backoff(sleep=lambda seconds: None)

SETTINGS = {
    "GCP_PROJECT": "demo-functions",
    "CORS_ALLOWED_ORIGINS": "https://portal.example",
    "KENNI_IS_ISSUER_URL": "https://kenni.example/association",
    "KENNI_IS_CLIENT_ID": "@association/portal",
    "KENNI_IS_CLIENT_SECRET": "a-client-secret",
    "KENNI_IS_REDIRECT_URI": "https://portal.example/callback",
    "JWKS_CACHE_TTL_SECONDS": "3600",
    "LOGIN_LIMITS_DATABASE": "login-limits",
    "DJANGO_API_BASE_URL": "https://django.example/felagar",
    "DJANGO_API_TOKEN": "an-api-token",
    "ERASED_KEYS_KEY": "a-key-that-is-long-enough-for-the-list",
}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture
def peer() -> MemoryPeer:
    return MemoryPeer()


@pytest.fixture
def reconciler(store: MemoryStore, peer: MemoryPeer) -> Reconciler:
    return Reconciler(store, peer, load_field_map(), NO_WAIT)


@pytest.fixture
def sync(reconciler: Reconciler, store: MemoryStore) -> Sync:
    # One batch at a time: with two, the order of what the doubles record would depend on the threads.
    return Sync(reconciler, store, store, store, store, RunLimits(parallel_batches=1))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Every setting of every function, and clients made anew for this test."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    made_once = (
        clients.firestore_client,
        clients.rights_client,
        clients.erased_client,
        deployed.deployed_sync,
    )
    yield monkeypatch
    for make in made_once:
        make.cache_clear()


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """Where the emulator listens."""
    with running_emulator() as address:
        yield address


@pytest.fixture(scope="session")
def auth_emulator() -> Iterator[str]:
    """Where Firebase's Auth emulator listens."""
    with running_auth_emulator() as address:
        yield address


@pytest.fixture
def firebase() -> Iterator[None]:
    """Firebase's own client, which is forgotten after the test."""
    yield
    if firebase_admin._DEFAULT_APP_NAME in firebase_admin._apps:
        firebase_admin.delete_app(firebase_admin.get_app())


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
    served.sql(EMPTY)
    return served


@pytest.fixture
def real_sync(site: Site, client: firestore.Client) -> Iterator[Sync]:
    """The sync as it is deployed, but that it does not wait before it tries again."""
    field_map = load_field_map()
    peer = DjangoClient(site.base_url, SecretStr(site.token))
    reconciler = Reconciler(FirestoreStore(client, field_map), peer, field_map, NO_WAIT)
    yield Sync(
        reconciler,
        queue=FirestoreQueue(client),
        records=FirestoreRecords(client),
        logs=FirestoreLog(client),
        held=FirestoreHeldRuns(client),
        limits=RunLimits(batch_size=50, parallel_batches=2),
    )
    peer.close()
