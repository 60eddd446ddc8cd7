"""Whether somebody is a member: the answer, the claims, the mark in the document."""

from __future__ import annotations

from typing import Any

import pytest
from google.cloud import firestore

from tests.functions.both_halves import JON
from tests.functions.entry_points.calls import PORTAL, Serve, call, id_token, put


def test_a_member_is_verified(
    serve: Serve, project: str, users: dict[str, Any], client: firestore.Client
) -> None:
    put(client, JON)
    users["kenni:x"] = {}

    answer = call(serve("verify_membership"), None, id_token(project, kennitala=JON))

    assert answer.json == {
        "result": {
            "isMember": True,
            "status": "active",
            "verified": True,
            "kennitala": "010170-****",
        }
    }
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Access-Control-Allow-Origin"] == PORTAL
    assert users["kenni:x"]["roles"] == ["member"]
    assert client.collection("members").document(JON).get().get("verified") is True


@pytest.mark.parametrize("status", ["suspended", "left", None])
def test_who_is_no_active_member_is_not_verified(
    serve: Serve, project: str, users: dict[str, Any], client: firestore.Client, status: str | None
) -> None:
    put(client, JON, membership={"status": status})

    answer = call(serve("verify_membership"), None, id_token(project, kennitala=JON))

    assert (answer.json["result"]["isMember"], answer.json["result"]["status"]) == (False, status)
    assert users["kenni:x"]["isMember"] is False
    assert "verified" not in (client.collection("members").document(JON).get().to_dict() or {})


def test_verification_needs_the_electronic_id(serve: Serve, project: str) -> None:
    assert call(serve("verify_membership"), None, id_token(project)).status_code == 403
