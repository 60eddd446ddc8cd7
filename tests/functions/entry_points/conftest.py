"""Each function as it is deployed: under functions-framework, with a test client and the real emulator."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import functions_framework
import pytest
from firebase_admin import auth
from flask.testing import FlaskClient
from google.cloud import firestore

from auth.kenni import KenniClient
from handlers import login
from runtime.settings import KenniSettings, load
from sync import deployed
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.service import Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.oidc import OidcProvider
from tests.functions.entry_points.calls import Serve

SOURCE = Path(__file__).parents[3] / "functions" / "main.py"


@pytest.fixture
def serve(project: str, firebase: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve an entry point as functions-framework does."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "127.0.0.1:9")  # signs and reads tokens without a key
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "main", raising=False)
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "http")

    def start(target: str) -> FlaskClient:
        monkeypatch.setenv("FUNCTION_TARGET", target)
        served = functions_framework.create_app(target, str(SOURCE)).test_client()
        assert isinstance(served, FlaskClient)
        return served

    yield start
    login._login.cache_clear()
    sys.modules.pop("main", None)


@pytest.fixture
def users(monkeypatch: pytest.MonkeyPatch) -> dict[str, dict[str, Any]]:
    """The claims that Firebase keeps on its users; a user must be made before it has any."""
    kept: dict[str, dict[str, Any]] = {}

    def set_claims(uid: str, claims: dict[str, Any], app: object) -> None:
        if uid not in kept:
            raise auth.UserNotFoundError("no such user")
        kept[uid] = claims

    monkeypatch.setattr(auth, "set_custom_user_claims", set_claims)
    monkeypatch.setattr(auth, "create_user", lambda uid, app: kept.setdefault(uid, {}))
    return kept


@pytest.fixture
def django(monkeypatch: pytest.MonkeyPatch, client: firestore.Client) -> MemoryPeer:
    """The functions' own sync on the emulator, with a Django in memory."""
    peer = MemoryPeer()
    real = deployed.deployed_sync()
    reconciler = Reconciler(real.reconciler.store, peer, real.reconciler.field_map, NO_WAIT)
    sync = Sync(reconciler, real.queue, FirestoreLog(client), real.held, real.limits)
    monkeypatch.setattr(deployed, "deployed_sync", lambda: sync)
    return peer


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> OidcProvider:
    provider = OidcProvider()
    monkeypatch.setattr(
        login, "KenniClient", lambda settings: KenniClient(load(KenniSettings), provider.session())
    )
    return provider
