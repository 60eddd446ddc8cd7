"""The sync on order, by scheduler, nudge or person."""

from __future__ import annotations

import pytest
from google.cloud import firestore

from tests.functions.both_halves import JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.entry_points.calls import Serve


def test_the_sync_runs_on_an_empty_body(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    django.put(document(JON))

    answer = serve("bidirectional_sync").post("/")

    assert answer.status_code == 200
    assert (answer.json or {})["django_to_firestore"]["written"] == 1
    stored = client.collection("members").document(JON).get().to_dict() or {}
    assert stored["profile"]["address"]["street"] == "Dæmigata 1"
    assert stored["sync"]["operation"]


@pytest.mark.parametrize("fault", ["run", "member"])
def test_defect_11_a_run_that_may_succeed_later_does_not_answer_200(
    serve: Serve, django: MemoryPeer, fault: str
) -> None:
    django.put(document(JON))
    if fault == "run":
        django.outages = 1
    else:
        django.silent.add(JON)

    answer = serve("bidirectional_sync").post("/")

    assert answer.status_code == 503
    assert (answer.json or {})["status"] == ("failed" if fault == "run" else "partial")


def test_a_member_given_up_is_no_reason_to_call_again(serve: Serve, django: MemoryPeer) -> None:
    django.put(document(JON))
    django.invalid.add(JON)

    answer = serve("bidirectional_sync").post("/")

    assert (answer.status_code, (answer.json or {})["status"]) == (200, "partial")


def test_the_sync_says_what_it_would_do(serve: Serve, django: MemoryPeer, client: firestore.Client) -> None:
    django.put(document(JON))

    answer = serve("bidirectional_sync").post("/", json={"mode": "full", "dry_run": True})

    assert JON in [plan["kennitala"] for plan in (answer.json or {})["dry_run"]]
    assert list(client.collection("members").stream()) == []


@pytest.mark.parametrize("body", [b"{", b'{"mode": "all"}', b'{"dry_run": 7}', b"[1]"])
def test_the_sync_refuses_an_order_it_does_not_know(serve: Serve, django: MemoryPeer, body: bytes) -> None:
    assert serve("bidirectional_sync").post("/", data=body).status_code == 400
    assert django.apply_calls == []


def test_the_sync_takes_post_alone_and_no_huge_body(serve: Serve, django: MemoryPeer) -> None:
    served = serve("bidirectional_sync")

    assert served.get("/").status_code == 405
    assert served.post("/", data=b"x" * 100_000).status_code == 413
