"""Each function with production's grants: the one-machine world's gates stand before the emulators.

A call that the function's account may not make is refused, as Google would. What was called is remembered.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc.aio
import uvicorn
from starlette.applications import Starlette

from local.google import identitytoolkit_accounts
from local.google.frame.policies import records_of
from local.provider.gcp.catalogue import TYPES
from local.provider.gcp.google_resource import GoogleResource
from local.provider.gcp.iam import IamMember
from local.provider.gcp.scope import Scope
from local.provider.resource_type import Inputs
from local.resource_store import Record, ResourceStore
from local.services import firestore_gate, iam
from local.services.google_errors import GoogleError, google_error_response
from local.world import World
from tests.host.waiting import wait_until
from tests.linode.postgres import free_port
from tools.program_run import ROOT, Declared, Program, run_program, settings_of

PROJECT = "demo-granted"
IDENTITIES = {"ServiceAccount", "Role", "Binding"}
"""Schemas of what IAM knows: accounts, roles, grants."""
USERS = "users"
Use = tuple[str, str]
"""Permission, and the database (`(default)`) or USERS that it was needed for."""


def _records(each: GoogleResource, scope: Scope, inputs: Inputs) -> Iterable[Record]:
    body = each.translate(scope, inputs)
    if isinstance(each, IamMember):
        return records_of(each.target(scope, inputs), [body])
    return [Record(each.kind, each.name(scope, inputs), body)]


class Grants:
    """What production's program lets each account do, judged as in the one-machine world."""

    def __init__(self, world: World, folder: Path) -> None:
        projects = {"gcp:project": PROJECT, "gcp:billingProject": PROJECT}
        self.program = run_program(settings_of(ROOT / "Pulumi.prod.yaml") | projects)
        store = ResourceStore(world)
        store.folder = folder
        scope = Scope(PROJECT, world.region)
        for each in TYPES:
            if each.schema.schema in IDENTITIES:
                for resource in self._declared(each.pulumi_type):
                    inputs = resource.inputs
                    for record in _records(each, scope, inputs):
                        store.put(record)
        self._policies = iam.Policies(store)
        self.used: dict[str, set[Use]] = {}

    def account_of(self, entry_point: str) -> str:
        """The address of the account of a function."""
        for function in self.program.of_type("cloudfunctionsv2/function:Function"):
            if function.inputs["buildConfig"]["entryPoint"] == entry_point:
                return str(function.inputs["serviceConfig"]["serviceAccountEmail"])
        raise KeyError(entry_point)

    def held(self, account: str) -> set[Use]:
        """All that an account may do with documents and users."""
        return set(_held(self.program, account))

    def may(self, account: str, permission: str, database: str | None = None) -> bool:
        """Whether an account holds a permission, which counts as used."""
        self.used.setdefault(account, set()).add((permission, database or USERS))
        project = f"projects/{PROJECT}"
        name = f"{project}/databases/{database}" if database else project
        return self._policies.may([f"serviceAccount:{account}"], permission, project, name)

    def _declared(self, pulumi_type: str) -> list[Declared]:
        return [it for it in self.program.resources if it.type == pulumi_type]


def _held(program: Program, account: str) -> Iterator[Use]:
    roles = {
        f"projects/{PROJECT}/roles/{it.inputs['roleId']}": it.inputs["permissions"]
        for it in program.of_type("IAMCustomRole")
    }
    for grant in program.of_type("projects/iAMMember:IAMMember"):
        if grant.inputs["member"] == f"serviceAccount:{account}":
            expression = (grant.inputs.get("condition") or {}).get("expression", "")
            database = expression.rpartition("/databases/")[2].rstrip('"') or USERS
            for permission in roles[grant.inputs["role"]]:
                yield permission, database


class Gates:
    """The gates of all accounts before two emulators, in a thread of their own."""

    def __init__(self, grants: Grants, firestore: str) -> None:
        self.grants = grants
        self._firestore = firestore
        self._loop = asyncio.new_event_loop()
        self._open: dict[str, str] = {}
        self._servers: list[grpc.aio.Server] = []

    def firestore(self, account: str) -> str:
        """HOST:PORT at which that account finds Firestore."""
        if account not in self._open:
            address = f"127.0.0.1:{free_port()}"
            self._run(self._start(account, address))
            self._open[account] = address
        return self._open[account]

    def users(self, account: str, emulator: str) -> str:
        """HOST:PORT/PATH at which that account finds the users of the emulator at HOST:PORT."""
        if emulator not in self._open:
            port = free_port()
            self._serve(self._application(emulator), port)
            self._open[emulator] = f"127.0.0.1:{port}"
        return f"{self._open[emulator]}/identitytoolkit/as/{account}"

    async def _start(self, account: str, address: str) -> None:
        def may(permission: str, database: str) -> bool:
            return self.grants.may(account, permission, database.rpartition("/")[2])

        server = firestore_gate.server(account, may, self._firestore, address)
        await server.start()
        self._servers.append(server)

    def _application(self, emulator: str) -> Starlette:
        routes = identitytoolkit_accounts.routes_before(f"http://{emulator}", self.grants.may)
        return Starlette(
            routes=routes,
            exception_handlers={GoogleError: google_error_response},
        )

    def _serve(self, application: Starlette, port: int) -> None:
        server = uvicorn.Server(uvicorn.Config(application, port=port, log_level="error"))
        asyncio.run_coroutine_threadsafe(server._serve(), self._loop)
        wait_until(lambda: server.started, "the gate of the users is open")

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    @contextmanager
    def running(self) -> Iterator[Gates]:
        """The thread, until the block ends."""
        thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        thread.start()
        yield self
        self._loop.call_soon_threadsafe(self._loop.stop)
        thread.join(10)
