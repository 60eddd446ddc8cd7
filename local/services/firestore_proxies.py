"""A proxy to Firestore per service account: a port that leads to the emulator for what the account may do.

`firestore_gate.py` judges each call. This module opens and closes the ports as accounts come and go.
"""

from __future__ import annotations

import asyncio
import logging

import grpc.aio

from local.resource_store import ResourceStore
from local.services import firestore_gate, iam
from local.services.proxy_ports import proxy_address
from local.services.server import world_of_arguments
from local.world import World

PAUSE = 0.5
"""Seconds between two looks at the declared accounts."""
log = logging.getLogger("firestore proxies")


class Proxies:
    """All the proxies of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = ResourceStore(world)
        self._policies = iam.Policies(self._store)
        self._servers: dict[str, grpc.aio.Server] = {}

    async def run(self) -> None:
        """Keep a proxy for every declared account until cancelled."""
        while True:
            declared = {record.name.rpartition("/")[2] for record in self._store.list(iam.SERVICE_ACCOUNTS)}
            for email in declared - self._servers.keys():
                self._servers[email] = await self._open(email)
            for email in self._servers.keys() - declared:
                await self._servers.pop(email).stop(grace=None)
            await asyncio.sleep(PAUSE)

    async def _open(self, email: str) -> grpc.aio.Server:
        address = proxy_address(self._world, email)
        emulator = f"{self._world.address}:{self._world.ports['firestore']}"
        server = firestore_gate.server(email, self._may(email), emulator, address)
        await server.start()
        log.info("%s at %s", email, address)
        return server

    def _may(self, email: str) -> firestore_gate.May:
        members = [f"serviceAccount:{email}"]
        project = f"projects/{self._world.project}"
        return lambda permission, database: self._policies.may(members, permission, project, database)


if __name__ == "__main__":
    asyncio.run(Proxies(world_of_arguments()).run())
