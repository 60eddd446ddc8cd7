"""The comparison that administrators order from the portal."""

from __future__ import annotations

from typing import Any

import pytest
from google.cloud import firestore

from tests.functions.both_halves import ANNA, JON
from tests.functions.doubles.memory_peer import MemoryPeer
from tests.functions.doubles.memory_store import document
from tests.functions.entry_points.calls import Serve, call, id_token, put


@pytest.mark.parametrize("roles", [[], ["member"], "admin", None])
def test_the_comparison_is_for_administrators(
    serve: Serve, project: str, django: MemoryPeer, roles: Any
) -> None:
    assert call(serve("syncmembers"), None, id_token(project, roles=roles)).status_code == 403
    assert django.apply_calls == []


def test_an_administrator_compares_everything(
    serve: Serve, project: str, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, ANNA, roles=["admin"])
    django.put(document(JON))
    django.put(document(ANNA))
    django.forget_changes()

    token = id_token(project, kennitala=ANNA, roles=["admin"])
    result = call(serve("syncmembers"), None, token).json["result"]

    assert (result["status"], result["drift"]["repaired"]) == ("success", 1)
    assert client.collection("sync_logs").document(result["log_id"]).get().exists


def test_a_failed_comparison_is_an_error(
    serve: Serve, project: str, django: MemoryPeer, client: firestore.Client
) -> None:
    put(client, ANNA, roles=["admin"])
    django.outages = 1

    answer = call(serve("syncmembers"), None, id_token(project, kennitala=ANNA, roles=["admin"]))

    assert (answer.status_code, answer.json["error"]["status"]) == (503, "UNAVAILABLE")
