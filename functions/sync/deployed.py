"""The sync as it is deployed: its parts, with the clients and the settings of this function.

Tests and measurements that need other parts make a `Sync` of their own.
"""

from __future__ import annotations

from functools import cache

from runtime.clients import erased_client, firestore_client
from runtime.settings import DjangoSettings, ErasedKeysSettings, RunLimits, load

from .backoff import Backoff
from .django_client import READ_SECONDS, DjangoClient
from .erased_keys import FirestoreErasedKeys
from .field_map import load_field_map
from .firestore_store import FirestoreStore
from .held_runs import FirestoreHeldRuns
from .personal_records import FirestoreRecords
from .queue_entries import FirestoreQueue
from .ramp import Ramp
from .reconcile import Reconciler
from .run_log import FirestoreLog
from .service import Sync


def django_client(backoff: Backoff | None = None, read_seconds: float = READ_SECONDS) -> DjangoClient:
    """The host's API, called with this function's token. Raises ConfigurationError."""
    django = load(DjangoSettings)
    url, token = str(django.django_api_base_url), django.django_api_token
    return DjangoClient(url, token, backoff, field_map=load_field_map(), read_seconds=read_seconds)


@cache
def deployed_sync() -> Sync:
    """Made on first use, once in an instance's life. Raises ConfigurationError."""
    limits = load(RunLimits)
    client, field_map = firestore_client(), load_field_map()
    reconciler = Reconciler(
        store=FirestoreStore(client, field_map, ramp=Ramp(limits.first_writes_per_second)),
        peer=django_client(),
        field_map=field_map,
        erased=FirestoreErasedKeys(erased_client(), load(ErasedKeysSettings).erased_keys_key),
    )
    return Sync(
        reconciler,
        queue=FirestoreQueue(client, kept_for=limits.kept_for),
        records=FirestoreRecords(client),
        logs=FirestoreLog(client),
        held=FirestoreHeldRuns(client, limits.kept_for),
        limits=limits,
    )
