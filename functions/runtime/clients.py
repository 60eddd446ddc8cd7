"""The clients of Firestore, Firebase and Django: made on first use, once in an instance's life."""

from __future__ import annotations

import threading
from functools import cache

import firebase_admin
from google.cloud import firestore

from sync.django_client import DjangoClient
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.queue_entries import FirestoreQueue
from sync.ramp import Ramp
from sync.reconcile import Reconciler
from sync.run_log import FirestoreLog
from sync.runs import Limits, Sync

from .settings import DjangoSettings, ProjectSettings, load

_lock = threading.Lock()


@cache
def firestore_client() -> firestore.Client:
    """Firestore, as the function's own service account."""
    return firestore.Client(project=load(ProjectSettings).gcp_project)


def firebase_app() -> firebase_admin.App:
    """Firebase Auth, as the function's own service account."""
    with _lock:
        try:
            return firebase_admin.get_app()
        except ValueError:
            return firebase_admin.initialize_app(options={"projectId": load(ProjectSettings).gcp_project})


@cache
def sync() -> Sync:
    """Everything a sync works with."""
    settings = load(DjangoSettings)
    client = firestore_client()
    field_map = load_field_map()
    reconciler = Reconciler(
        store=FirestoreStore(client, field_map, ramp=Ramp(settings.sync_first_writes_per_second)),
        peer=DjangoClient(str(settings.django_api_base_url), settings.django_api_token),
        field_map=field_map,
    )
    limits = Limits(
        batch=settings.sync_batch_size,
        parallel=settings.sync_parallel_batches,
        lease_seconds=settings.sync_lease_seconds,
        budget_seconds=settings.sync_budget_seconds,
    )
    return Sync(reconciler, FirestoreQueue(client), FirestoreLog(client), limits)
