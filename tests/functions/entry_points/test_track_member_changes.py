"""The sync on Firestore's events."""

from __future__ import annotations

import pytest
from google.cloud import firestore
from google.events.cloud.firestore import Document, DocumentEventData, MapValue, Value

from tests.functions.both_halves import JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.entry_points.calls import Serve, member_event, put


def _written(kennitala: str, operation: str | None = None) -> tuple[dict[str, str], bytes]:
    name = f"projects/p/databases/(default)/documents/members/{kennitala}"
    mark = MapValue(fields={"operation": Value(string_value=operation)} if operation else {})
    event = DocumentEventData(value=Document(name=name, fields={"sync": Value(map_value=mark)}))
    return member_event(kennitala, event)


def test_an_event_reconciles_its_member(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    put(client, JON, name="Nýr Félagi")
    headers, body = _written(JON)

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.value(JON, "name") == "Nýr Félagi"


def test_an_event_twice_does_no_more_than_once(
    serve: Serve, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, JON)
    headers, body = _written(JON)
    served = serve("track_member_changes")
    served.post("/", headers=headers, data=body)
    before = client.collection("members").document(JON).get().update_time

    served.post("/", headers=headers, data=body)

    assert client.collection("members").document(JON).get().update_time == before


def test_the_echo_of_our_own_write_asks_nobody(serve: Serve, django: MemoryPeer) -> None:
    headers, body = _written(JON, operation="operation-1")

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.apply_calls == []


def test_an_event_during_an_outage_is_delivered_again(
    serve: Serve, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, JON)
    django.outages = 1
    headers, body = _written(JON)
    served = serve("track_member_changes")

    assert served.post("/", headers=headers, data=body).status_code == 500
    assert served.post("/", headers=headers, data=body).status_code == 200
    assert django.value(JON, "name") == "Jón Jónsson"


@pytest.mark.parametrize("body", [b"", b"garbage"])
def test_an_event_that_cannot_be_read_is_not_delivered_for_ever(
    serve: Serve, django: MemoryPeer, body: bytes
) -> None:
    headers, _ = _written(JON)

    assert serve("track_member_changes").post("/", headers=headers, data=body).status_code == 200
    assert django.apply_calls == []
