"""The declared Eventarc triggers on Firestore documents, and their registration with the emulator.

The emulator forgets its registrations when it ends, so they are repeated whenever it starts again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx

from local.resource_store import Record, ResourceStore
from local.world import World

TRIGGERS = "eventarc.triggers"
RETRY = "RETRY_POLICY_RETRY"
FIRESTORE_EVENTS = "google.cloud.firestore.document.v1."
PAUSE = 1.0
"""Seconds between two looks at the declared triggers."""
log = logging.getLogger("eventarc.triggers")


@dataclass(frozen=True)
class Trigger:
    """One trigger: its document pattern, the Cloud Run service that it calls, and its service account."""

    id: str
    event_type: str
    database: str
    document: str
    service: str
    service_account: str
    retries: bool

    @classmethod
    def of(cls, record: Record) -> Trigger:
        """Read a record whose `resource` is Eventarc's Trigger, with the function's `retryPolicy` beside."""
        resource = record.resource
        filters = {each["attribute"]: each["value"] for each in resource["eventFilters"]}
        target = resource["destination"]["cloudRun"]
        location = record.name.rpartition("/triggers/")[0]
        return cls(
            id=record.name.rpartition("/")[2],
            event_type=filters["type"],
            database=filters["database"],
            document=filters["document"],
            service=f"{location}/services/{target['service']}",
            service_account=resource["serviceAccount"],
            retries=resource.get("retryPolicy") == RETRY,
        )

    def registration(self) -> dict[str, Any]:
        """The trigger as the emulator's API takes it."""
        return {
            "eventType": self.event_type,
            "database": self.database,
            "namespace": "(default)",
            "document": {"value": self.document, "matchType": "PATH_PATTERN"},
        }


def declared_triggers(store: ResourceStore) -> Iterator[Trigger]:
    """The declared triggers on Firestore's documents."""
    for record in store.list(TRIGGERS):
        trigger = Trigger.of(record)
        if trigger.event_type.startswith(FIRESTORE_EVENTS):
            yield trigger


class Registrar:
    """Registers every declared trigger with the emulator."""

    def __init__(self, world: World, client: httpx.AsyncClient) -> None:
        self._world = world
        self._client = client
        self._store = ResourceStore(world)
        self._registered: set[Trigger] = set()

    async def run(self) -> None:
        """Register, and register again after each end of the emulator, until cancelled."""
        said = ""
        while True:
            try:
                await self._while_the_emulator_lives()
                problem = "the Firestore emulator has ended"
            except (OSError, httpx.HTTPError) as error:
                problem = f"no triggers in the Firestore emulator: {error or type(error).__name__}"
            if problem != said:
                log.warning(problem)
            said = problem
            self._registered.clear()
            await asyncio.sleep(PAUSE)

    async def _while_the_emulator_lives(self) -> None:
        """Wait until the emulator ends, by an open connection without requests."""
        reader, writer = await asyncio.open_connection(self._world.address, self._world.ports["firestore"])
        try:
            ended = asyncio.ensure_future(reader.read(1))
            while not ended.done():
                await self._register_new()
                await asyncio.wait([ended], timeout=PAUSE)
        finally:
            writer.close()

    async def _register_new(self) -> None:
        for trigger in set(declared_triggers(self._store)) - self._registered:
            url = f"{self._world.url('firestore')}/emulator/v1/projects/{self._world.project}/eventarcTrigger"
            answer = await self._client.post(
                url, params={"eventarcTriggerId": trigger.id}, json=trigger.registration()
            )
            answer.raise_for_status()
            self._registered.add(trigger)
            log.info("registered %s on %s", trigger.id, trigger.document)
