"""Removes documents whose declared time has passed. Google does that by itself; the emulator does not.

As at Google, a document without the field, or with another type there, stays.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import httpx

from local.resource_store import ResourceStore
from local.world import World

OWNER = {"Authorization": "Bearer owner"}
SECONDS = 60.0
PAGE = 300
"""Documents in one request; a commit may hold 500."""


def expiring_fields(world: World) -> Iterator[tuple[str, str]]:
    """Collection and field of each declared TTL policy."""
    for record in ResourceStore(world).list("firestore.fields"):
        if record.resource.get("ttlConfig") is not None:
            _, _, path = record.name.partition("/collectionGroups/")
            collection, _, field = path.partition("/fields/")
            yield collection, field


def remove_expired(world: World) -> int:
    """Remove them; how many there were. Raises httpx.HTTPError if the emulator does not answer."""
    return sum(_remove(world, collection, field) for collection, field in expiring_fields(world))


def _remove(world: World, collection: str, field: str) -> int:
    removed = 0
    while names := _expired(world, collection, field):
        _post(world, ":commit", {"writes": [{"delete": name} for name in names]})
        removed += len(names)
    return removed


def _expired(world: World, collection: str, field: str) -> list[str]:
    now = {"timestampValue": datetime.now(UTC).isoformat()}
    query = {
        "from": [{"collectionId": collection}],
        "where": {"fieldFilter": {"field": {"fieldPath": field}, "op": "LESS_THAN", "value": now}},
        "limit": PAGE,
    }
    found = _post(world, ":runQuery", {"structuredQuery": query}).json()
    return [str(item["document"]["name"]) for item in found if "document" in item]


def _post(world: World, action: str, body: dict[str, object]) -> httpx.Response:
    documents = f"{world.url('firestore')}/v1/projects/{world.project}/databases/(default)/documents"
    answer = httpx.post(documents + action, json=body, headers=OWNER, timeout=SECONDS)
    return answer.raise_for_status()
