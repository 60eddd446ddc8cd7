"""A proxy to Firestore per service account: a port that leads to the emulator if the account may use it.

The emulator lets everyone in. At its proxy, an account without `roles/datastore.user` on the project gets
gRPC's PERMISSION_DENIED, as in production. If its roles change, connections that no longer fit are ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from weakref import WeakSet

from local.resource_store import ResourceStore
from local.services import iam
from local.services.byte_pipe import PipeEnd, join
from local.services.grpc_denial import GrpcDenial
from local.services.proxy_ports import proxy_port
from local.services.server import world_of_arguments
from local.world import World

PAUSE = 0.5
"""Seconds between two looks at the declared accounts and their roles."""
log = logging.getLogger("firestore proxies")


class Proxy:
    """One account's proxy."""

    def __init__(self, world: World, policies: iam.Policies, email: str) -> None:
        self._world = world
        self._policies = policies
        self._email = email
        self._project = f"projects/{world.project}"
        self._admitted: WeakSet[PipeEnd] = WeakSet()
        self._denied: WeakSet[GrpcDenial] = WeakSet()
        self._joining: set[asyncio.Task[None]] = set()

    async def listen(self) -> asyncio.Server:
        """Open the port."""
        port = proxy_port(self._world, self._email)
        log.info("%s at port %d", self._email, port)
        return await asyncio.get_running_loop().create_server(self._admit, self._world.address, port)

    def may_enter(self) -> bool:
        """Whether the account may use Firestore now."""
        return self._policies.may([f"serviceAccount:{self._email}"], iam.DATASTORE_USER, self._project)

    def follow_roles(self) -> None:
        """Close connections that no longer fit the roles, since clients keep connections open."""
        if self._admitted or self._denied:
            outdated: Iterable[PipeEnd | GrpcDenial] = self._denied if self.may_enter() else self._admitted
            for connection in list(outdated):
                connection.close()

    def _admit(self) -> asyncio.Protocol:
        if not self.may_enter():
            denial = GrpcDenial(f"{self._email} lacks {iam.DATASTORE_USER} on {self._project}")
            self._denied.add(denial)
            return denial
        near = PipeEnd(self._join)
        self._admitted.add(near)
        return near

    def _join(self, near: PipeEnd) -> None:
        task = asyncio.create_task(self._join_emulator(near))
        self._joining.add(task)
        task.add_done_callback(self._joining.discard)

    async def _join_emulator(self, near: PipeEnd) -> None:
        try:
            await join(near, self._world.address, self._world.ports["firestore"])
        except OSError as error:
            log.warning("the Firestore emulator does not answer: %s", error)
            near.close()


class Proxies:
    """All the proxies of one world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._store = ResourceStore(world)
        self._policies = iam.Policies(self._store)
        self._proxies: dict[str, Proxy] = {}
        self._servers: dict[str, asyncio.Server] = {}

    async def run(self) -> None:
        """Keep a proxy for every declared account until cancelled."""
        while True:
            await self._follow_accounts()
            for proxy in self._proxies.values():
                proxy.follow_roles()
            await asyncio.sleep(PAUSE)

    async def _follow_accounts(self) -> None:
        declared = {record.name.rpartition("/")[2] for record in self._store.list(iam.SERVICE_ACCOUNTS)}
        for email in declared - self._proxies.keys():
            self._proxies[email] = Proxy(self._world, self._policies, email)
            self._servers[email] = await self._proxies[email].listen()
        for email in self._proxies.keys() - declared:
            self._servers.pop(email).close()
            self._proxies.pop(email).follow_roles()


if __name__ == "__main__":
    asyncio.run(Proxies(world_of_arguments()).run())
