"""The members in the database of a project that was made by hand, and how to see that nobody touched them."""

from __future__ import annotations

from typing import Any

from google.cloud import firestore

from local.firestore_client import firestore_client
from local.world import World

MEMBERS = 200
COLLECTION = "members"


def kennitala(number: int) -> str:
    """That of an invented member."""
    return f"9999{number:06}"


def put_members(world: World) -> None:
    """Write the members: the sync by hand has left documents of two shapes, and a log of its runs."""
    client = firestore_client(world)
    batch = client.batch()
    for number in range(MEMBERS):
        shape = _flat if number % 2 else _nested
        batch.set(client.document(f"{COLLECTION}/{kennitala(number)}"), shape(number))
    batch.set(client.document("sync_logs/first"), {"synced": MEMBERS, "at": firestore.SERVER_TIMESTAMP})
    batch.commit()


def documents(world: World) -> dict[str, dict[str, Any]]:
    """Every document of the first database: its content, when it was made and when it was last written."""
    client = firestore_client(world)
    return {
        f"documents/{each.reference.path}": {
            "content": each.to_dict(),
            "createTime": each.create_time,
            "updateTime": each.update_time,
        }
        for collection in client.collections()
        for each in collection.stream()
    }


def _nested(number: int) -> dict[str, Any]:
    profile = {"email": f"m{number}@example.is", "phone": "555-1234", "address": {"postalcode": "101"}}
    return {
        "name": f"Félagi {number}",
        "kennitala": kennitala(number),
        "profile": profile,
        "membership": {"status": "active", "date_joined": firestore.SERVER_TIMESTAMP},
    }


def _flat(number: int) -> dict[str, Any]:
    return {
        "fullName": f"Félagi {number}",
        "kennitala": kennitala(number),
        "email": f"m{number}@example.is",
        "isActive": True,
    }
