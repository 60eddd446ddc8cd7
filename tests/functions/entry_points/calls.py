"""How functions are called here, and by whom."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any
from unittest.mock import patch

from flask.testing import FlaskClient
from google.cloud import firestore
from google.events.cloud.firestore import DocumentEventData

from members.confirmed_roles import ConfirmedRoles
from runtime.clients import RIGHTS_DATABASE
from tests.functions.doubles.memory_store import document
from tests.unsigned_token import unsigned_token

PORTAL = "https://portal.example"
Serve = Callable[[str], FlaskClient]


def put(client: firestore.Client, kennitala: str, **fields: Any) -> None:
    """A member's document; its roles are confirmed, as those are that a superuser gave."""
    client.collection("members").document(kennitala).set(document(kennitala) | fields)
    confirmed(client).keep(kennitala, fields.get("roles", []))


def confirmed(client: firestore.Client) -> ConfirmedRoles:
    """The confirmed roles beside a register, reached as directly as the register is."""
    with patch.dict(os.environ, FIRESTORE_EMULATOR_HOST=client._emulator_host):
        return ConfirmedRoles(firestore.Client(project=client.project, database=RIGHTS_DATABASE))


def id_token(project: str, uid: str = "kenni:x", **claims: Any) -> str:
    """An ID token without a signature, like the Auth emulator's."""
    now = int(time.time())
    body = {
        "iss": f"https://securetoken.google.com/{project}",
        "aud": project,
        "sub": uid,
        "user_id": uid,
        "iat": now,
        "exp": now + 3600,
        "auth_time": now,
    } | claims
    return unsigned_token(body)


def call(served: FlaskClient, data: Any, token: str | None) -> Any:
    headers = {"Origin": PORTAL} | ({"Authorization": f"Bearer {token}"} if token else {})
    return served.post("/", json={"data": data}, headers=headers)


def member_event(kennitala: str, event: DocumentEventData) -> tuple[dict[str, str], bytes]:
    """Headers and body with which Eventarc tells of a write to a member's document."""
    headers = {
        "ce-id": "event-1",
        "ce-source": "//firestore.googleapis.com/projects/p/databases/(default)",
        "ce-specversion": "1.0",
        "ce-type": "google.cloud.firestore.document.v1.written",
        "ce-subject": f"documents/members/{kennitala}",
        "ce-document": f"members/{kennitala}",
        "content-type": "application/protobuf",
    }
    return headers, DocumentEventData.serialize(event)
