"""The sync's cloud half on stores in memory, and an environment that each test may fill for itself."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runtime import clients
from runtime.settings import RunLimits
from sync import wiring
from sync.backoff import Backoff
from sync.field_map import load_field_map
from sync.reconcile import Reconciler
from sync.service import Sync
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import MemoryStore

NO_WAIT = Backoff(sleep=lambda seconds: None)

SETTINGS = {
    "GCP_PROJECT": "demo-functions",
    "CORS_ALLOWED_ORIGINS": "https://portal.example",
    "KENNI_IS_ISSUER_URL": "https://kenni.example/association",
    "KENNI_IS_CLIENT_ID": "@association/portal",
    "KENNI_IS_CLIENT_SECRET": "a-client-secret",
    "KENNI_IS_REDIRECT_URI": "https://portal.example/callback",
    "JWKS_CACHE_TTL_SECONDS": "3600",
    "DJANGO_API_BASE_URL": "https://django.example/felagar",
    "DJANGO_API_TOKEN": "an-api-token",
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
    return Sync(reconciler, queue=store, logs=store, limits=RunLimits(parallel_batches=1))


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    """Every setting of every function, and clients made anew for this test."""
    for name, value in SETTINGS.items():
        monkeypatch.setenv(name, value)
    made_once = (clients.firestore_client, wiring.deployed_sync)
    yield monkeypatch
    for make in made_once:
        make.cache_clear()
