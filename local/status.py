"""The table of `make up` and `make status`: what runs, where, and what waits to be synced."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

import httpx
from rich.console import Console
from rich.table import Table

from local import supervisor
from local.django_site import site_client, site_url
from local.host_manage import sync_status
from local.provider.gcp.catalogue import declared_not_run
from local.resource_store import ResourceStore
from local.services.functions import SERVICES
from local.services.readiness import checks
from local.supervisor import ProgramStatus
from local.world import World, WorldError

FUNCTION_PREFIX = "function-"
PORT_NAMES = {"hosting": "portal", "ingress": "functions"}
"""Program → the name of its port, if that is another."""


@dataclass(frozen=True)
class Service:
    """One part of a world. `reason` says why it does not work, as far as is known."""

    name: str
    url: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Status:
    """A world as it is now.

    `declared_not_run`: kind of resource → how many the program declares that nothing here acts upon.
    `sync`: the host's word on its queue; empty where the host does not answer.
    """

    world: str
    services: list[Service]
    declared_not_run: dict[str, int] = field(default_factory=dict)
    sync: dict[str, Any] = field(default_factory=dict)

    @property
    def is_well(self) -> bool:
        """Whether the world has services and all of them run."""
        return bool(self.services) and all(service.state == "running" for service in self.services)

    def as_json(self) -> dict[str, Any]:
        """The object for `--json`."""
        return {**asdict(self), "well": self.is_well}


def examine(world: World) -> Status:
    """Ask each part of the world for its state."""
    programs = supervisor.programs(world)
    if not programs:
        return Status(world.name, [])
    services = [_service(world, program) for name, program in programs.items() if not _is_function(name)]
    services += [*_functions(world, programs), _django(world)]
    return Status(world.name, services, _declared_not_run(world), _sync(world))


def print_status(status: Status, console: Console) -> None:
    """Print the table, then what is declared but not run, then the state of the sync."""
    table = Table(box=None, pad_edge=False)
    for title in ("service", "state", "address"):
        table.add_column(title, no_wrap=True)
    for service in status.services:
        table.add_row(service.name, service.reason or service.state, service.url)
    console.print(table, soft_wrap=True)
    if status.declared_not_run:
        listed = ", ".join(f"{count} {kind}" for kind, count in status.declared_not_run.items())
        console.print(f"declared, not run: {listed}", highlight=False, soft_wrap=True)
    if status.sync:
        console.print("sync: " + ", ".join(_sync_lines(status.sync)), highlight=False, soft_wrap=True)


def _service(world: World, program: ProgramStatus) -> Service:
    state = program.state.lower()
    check = checks(world).get(program.name)
    reason = check.why_not() if check and state == "running" else None
    if program.state in supervisor.BROKEN_STATES:
        reason = f"{state}: {program.detail}"
    return Service(program.name, _url(world, program.name), "unwell" if reason else state, reason or "")


def _is_function(program: str) -> bool:
    return program.startswith(FUNCTION_PREFIX)


def _functions(world: World, programs: Mapping[str, ProgramStatus]) -> Iterator[Service]:
    """Each function by its live revision. Earlier revisions are kept, stopped, for a rollback."""
    for record in ResourceStore(world).list(SERVICES):
        live = record.status.get("live")
        for revision in record.status.get("revisions", ()):
            if revision["name"] == live and (program := programs.get(revision["program"])):
                name = f"function {record.status['uri'].rpartition('/')[2]}"
                yield replace(_service(world, program), name=name, url=record.status["uri"])


def _url(world: World, program: str) -> str:
    if program == "host":
        return f"ssh provision@{world.host_address}"
    port = PORT_NAMES.get(program, program)
    return world.url(port) if port in world.ports else ""


def _django(world: World) -> Service:
    url = f"{site_url(world)}/admin/"
    try:
        with site_client(world) as client:
            status = client.get("/felagar/healthz/").status_code
    except (httpx.HTTPError, OSError) as error:
        return Service("django", url, "unwell", str(error) or type(error).__name__)
    good = status == httpx.codes.OK
    return Service("django", url, "running" if good else "unwell", "" if good else f"answers {status}")


def _declared_not_run(world: World) -> dict[str, int]:
    return dict(Counter(record.kind for record in declared_not_run(world)))


def _sync(world: World) -> dict[str, Any]:
    try:
        return sync_status(world)
    except (OSError, ValueError, WorldError):
        return {}


def _sync_lines(sync: dict[str, Any]) -> Iterator[str]:
    for key in ("pending", "failed", "synced"):
        yield f"{sync.get(key)} {key}"
