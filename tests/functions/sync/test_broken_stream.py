"""A query whose answer breaks off half-way raises a transient failure, not an error of the library."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google.api_core.exceptions import ServiceUnavailable
from google.auth.credentials import AnonymousCredentials
from google.cloud import firestore

from sync.backoff import Backoff
from sync.failures import TransientError
from sync.field_map import load_field_map
from sync.firestore_store import FirestoreStore
from sync.queue_entries import FirestoreQueue

ONCE = Backoff(attempts=1)


class BrokenApi:
    """Firestore's API with queries only, which break off."""

    def run_query(self, **_request: object) -> Iterator[object]:
        raise ServiceUnavailable("the connection was reset")
        yield  # which makes it a stream


@pytest.fixture
def client() -> firestore.Client:
    client = firestore.Client(project="demo-broken", credentials=AnonymousCredentials())
    client._firestore_api_internal = BrokenApi()
    return client


def test_scan_of_the_members(client: firestore.Client) -> None:
    with pytest.raises(TransientError):
        list(FirestoreStore(client, load_field_map(), ONCE).scan())


def test_pending_entries(client: firestore.Client) -> None:
    queue = FirestoreQueue(client, ONCE)
    with pytest.raises(TransientError):
        list(queue.pending())
    with pytest.raises(TransientError):
        queue.pending_of("0101701234")
