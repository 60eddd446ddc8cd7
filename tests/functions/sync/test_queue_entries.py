"""The adapters of `/sync_queue` and `/sync_logs` against the real emulator."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.api_core import exceptions as google_errors
from google.cloud import firestore
from google.cloud.firestore_v1.services.firestore import FirestoreClient

from members.profile_update import queue_entry
from sync import queue_entries
from sync.backoff import Backoff
from sync.failures import TransientError
from sync.queue_entries import FirestoreQueue
from sync.run_log import FirestoreLog

JON = "0101701234"
ANNA = "0202802345"
INDEXES = Path(__file__).parents[3] / "infra" / "firestore.indexes.json"


@pytest.fixture
def queue(client: firestore.Client) -> FirestoreQueue:
    return FirestoreQueue(client, Backoff(attempts=2, sleep=lambda seconds: None))


def ask(client: firestore.Client, kennitala: str, **fields: Any) -> str:
    reference = client.collection("sync_queue").document()
    reference.create(queue_entry(kennitala, {"profile.email": "a@example.is"}) | fields)
    return str(reference.id)


def stored(client: firestore.Client, entry_id: str) -> dict[str, Any]:
    return client.collection("sync_queue").document(entry_id).get().to_dict() or {}


def test_pending_entries_come_oldest_first_page_by_page(
    queue: FirestoreQueue, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue_entries, "PAGE", 2)
    ids = [ask(client, JON) for _ in range(5)]
    ask(client, JON, status="synced")
    ask(client, JON, target="somewhere")

    assert [entry.id for entry in queue.pending()] == ids


def test_the_query_for_pending_entries_has_its_index() -> None:
    declared = [
        [(field["fieldPath"], field["order"]) for field in index["fields"]]
        for index in json.loads(INDEXES.read_text())["indexes"]
        if index["collectionGroup"] == queue_entries.SYNC_QUEUE
    ]

    assert [("target", "ASCENDING"), ("status", "ASCENDING"), ("createdAt", "ASCENDING")] in declared


def test_a_members_entries_are_found(queue: FirestoreQueue, client: firestore.Client) -> None:
    wanted = ask(client, JON)
    ask(client, ANNA)
    ask(client, JON, status="failed")

    (found,) = queue.pending_of(JON)
    assert (found.id, found.kennitala, found.paths) == (wanted, JON, frozenset({"profile.email"}))


def test_settled_entries_say_when_or_why(queue: FirestoreQueue, client: firestore.Client) -> None:
    good, bad = ask(client, JON), ask(client, ANNA)

    queue.settle(list(queue.pending()), {bad: "profile.email is not an e-mail address"})

    assert stored(client, good)["status"] == "synced"
    assert stored(client, good)["syncedAt"] is not None
    assert stored(client, good)["changes"] == {"profile.email": "a@example.is"}
    assert stored(client, bad)["status"] == "failed"
    assert stored(client, bad)["error"] == "profile.email is not an e-mail address"
    assert stored(client, bad)["syncedAt"] is None
    assert list(queue.pending()) == []


def test_only_settled_entries_expire(client: firestore.Client) -> None:
    queue = FirestoreQueue(client, kept_for=timedelta(days=30))
    done, failed = ask(client, JON), ask(client, ANNA)
    queue.settle(list(queue.pending()), {ANNA: "profile.email is not an e-mail address"})
    waiting = ask(client, JON)

    for entry in (done, failed):
        life = stored(client, entry)["expiresAt"] - datetime.now(UTC)
        assert timedelta(days=29) < life <= timedelta(days=30)
    assert "expiresAt" not in stored(client, waiting)


def test_an_entry_that_somebody_else_settled_keeps_its_time(
    queue: FirestoreQueue, client: firestore.Client
) -> None:
    entry_id = ask(client, JON)
    entries = list(queue.pending())
    queue.settle(entries, {})
    first = stored(client, entry_id)["syncedAt"]

    queue.settle(entries, {})

    assert stored(client, entry_id)["syncedAt"] == first


def test_an_entry_without_a_kennitala_is_still_an_entry(
    queue: FirestoreQueue, client: firestore.Client
) -> None:
    client.collection("sync_queue").document("forged").create(
        {"target": "django", "status": "pending", "createdAt": firestore.SERVER_TIMESTAMP}
    )

    assert [entry.id for entry in queue.pending()] == ["forged"]


def test_a_database_that_is_down_is_a_passing_failure(
    queue: FirestoreQueue, client: firestore.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    ask(client, JON)
    entries = list(queue.pending())

    def fail(*_: Any, **__: Any) -> None:
        raise google_errors.ServiceUnavailable("down")

    monkeypatch.setattr(FirestoreClient, "run_query", fail)
    monkeypatch.setattr(FirestoreClient, "batch_write", fail)
    monkeypatch.setattr(FirestoreClient, "commit", fail)

    with pytest.raises(TransientError):
        list(queue.pending())
    with pytest.raises(TransientError):
        queue.settle(entries, {})
    with pytest.raises(TransientError):
        FirestoreLog(client).append({})


def test_the_log_of_a_run_is_kept(client: firestore.Client) -> None:
    log_id = FirestoreLog(client).append({"status": "success", "mode": "full"})

    kept = client.collection("sync_logs").document(log_id).get().to_dict()
    assert kept == {"status": "success", "mode": "full"}
