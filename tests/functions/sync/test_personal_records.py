"""The adapter of the records that name people, against the real emulator."""

from __future__ import annotations

import pytest
from google.cloud import firestore

from sync import personal_records
from sync.personal_records import FirestoreRecords

JON, ANNA, SOL = "0101701234", "0202802345", "0303903456"


@pytest.fixture
def records(client: firestore.Client) -> FirestoreRecords:
    client.collection("sync_queue").add({"kennitala": SOL})
    client.collection("sync_queue").add({"kennitala": 7})
    client.collection("sync_queue").add({"kennitala": "010170-****"})
    client.collection("sync_queue").add({})
    for _ in range(5):
        client.collection("logins").add({"kennitala": ANNA})
    client.collection("role_changes").document("given").set({"kennitala": ANNA, "by": JON})
    return FirestoreRecords(client)


def test_everybody_whom_a_record_names_comes_in_order_page_by_page(
    records: FirestoreRecords, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(personal_records, "PAGE", 2)

    assert [*records.people()] == [JON, *[ANNA] * 6, SOL]
    assert [*records.people(after=JON)] == [*[ANNA] * 6, SOL]


def test_who_is_forgotten_is_named_by_none(records: FirestoreRecords, client: firestore.Client) -> None:
    records.forget(JON)
    records.forget(ANNA)

    assert [name for name in records.people() if name in (JON, ANNA)] == []
    assert client.collection("role_changes").document("given").get().exists
