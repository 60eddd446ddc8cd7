"""Each function as it is deployed: under functions-framework, with a test client and the real emulator."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any

import firebase_admin
import functions_framework
import pytest
from firebase_admin import auth
from flask.testing import FlaskClient
from google.cloud import firestore

from auth.kenni import KenniClient
from handlers import login
from local.world import World
from runtime import clients
from runtime.settings import KenniSettings, load
from sync import deployed
from sync.reconcile import Reconciler
from sync.service import Sync
from tests.functions.conftest import NO_WAIT
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.oidc import OidcProvider
from tests.functions.entry_points.calls import Serve
from tests.functions.entry_points.granted import PROJECT, Gates, Grants

NO_USERS = "127.0.0.1:9"
"""Whoever finds Firebase Auth there signs and reads tokens without a key, and reaches no users."""
EMULATORS: dict[str, str] = {}
"""Where users are found, gates included → the emulator behind it."""
SOURCE = Path(__file__).parents[3] / "functions" / "main.py"


@pytest.fixture(scope="session")
def gates(emulator: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gates]:
    """The gates of production's accounts before the emulators."""
    world = World("granted", PROJECT, "europe-west2", "127.0.0.1", IPv4Network("198.51.100.0/30"), {})
    grants = Grants(world, tmp_path_factory.mktemp("grants"))
    with Gates(grants, emulator).running() as running:
        yield running


def act_as(gates: Gates, entry_point: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the functions' own clients made anew, as the account of that function."""
    account = gates.grants.account_of(entry_point)
    users = os.environ["FIREBASE_AUTH_EMULATOR_HOST"]
    emulator = EMULATORS.setdefault(users, users)
    monkeypatch.setenv("FIRESTORE_EMULATOR_HOST", gates.firestore(account))
    if emulator != NO_USERS:
        path = gates.users(account, emulator)
        EMULATORS[path] = emulator
        monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", path)
    clients.firestore_client.cache_clear()
    clients.rights_client.cache_clear()
    clients.erased_client.cache_clear()
    login._login.cache_clear()
    if firebase_admin._DEFAULT_APP_NAME in firebase_admin._apps:
        firebase_admin.delete_app(firebase_admin.get_app())


@pytest.fixture
def serve(project: str, firebase: None, gates: Gates, monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Serve an entry point as functions-framework does, with what production lets its account do."""
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", NO_USERS)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.delitem(sys.modules, "main", raising=False)
    monkeypatch.setenv("FUNCTION_SIGNATURE_TYPE", "http")

    def start(target: str) -> FlaskClient:
        act_as(gates, target, monkeypatch)
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
    make = deployed.deployed_sync.__wrapped__

    @cache
    def sync_at(_address: str) -> Sync:
        real = make()
        parts, listed = real.reconciler, real.reconciler.erased
        reconciler = Reconciler(parts.store, peer, parts.field_map, NO_WAIT, erased=listed)
        return replace(real, reconciler=reconciler)

    # Each function has its own.
    monkeypatch.setattr(deployed, "deployed_sync", lambda: sync_at(os.environ["FIRESTORE_EMULATOR_HOST"]))
    return peer


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> OidcProvider:
    provider = OidcProvider()
    monkeypatch.setattr(
        login, "KenniClient", lambda settings: KenniClient(load(KenniSettings), provider.session())
    )
    return provider
