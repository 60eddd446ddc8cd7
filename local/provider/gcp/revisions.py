"""Cloud Run's part of a function: its service, and the revisions between which traffic moves.

Traffic moves to a new revision when that answers. The revision before is kept, stopped, for a rollback.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from local import supervisor
from local.provider.gcp.free_ports import free_port
from local.provider.gcp.google_error import GoogleError
from local.provider.gcp.run_revision import REVISIONS
from local.resource_store import Record, ResourceStore
from local.supervisor import Program
from local.world import ROOT, World

SERVICES = "run.services"
STARTUP_PATIENCE_SECONDS = 120.0
PROBE_PATIENCE_SECONDS = 5.0
KEPT_REVISIONS = 2
GRACE_SECONDS = 30
"""How long a revision may take to finish its requests after traffic has moved away."""


@dataclass(frozen=True)
class Built:
    """The result of a build: a source and a Python environment, both shared and never written to."""

    source: Path
    environment: Path


@dataclass(frozen=True)
class Template:
    """The definition of a revision: Cloud Run's RevisionTemplate."""

    service: str
    """The full name of the service."""
    account: str
    timeout_seconds: int
    env: list[dict[str, Any]]
    """Container variables: `{name, value}` or `{name, valueSource: {secretKeyRef: {secret, version}}}`."""

    def resource(self, extra: list[dict[str, Any]]) -> dict[str, Any]:
        """The revision in the format of Cloud Run's API."""
        return {
            "serviceAccount": self.account,
            "timeout": f"{self.timeout_seconds}s",
            "containers": [{"env": [*self.env, *extra]}],
        }


def deploy(world: World, template: Template, built: Built, uri: str) -> Record:
    """Start a revision, wait until it answers, move traffic. After a failure the old one goes on serving."""
    store = ResourceStore(world)
    before = store.get(SERVICES, template.service)
    if before is not None and _live_is(world, before, template, built):
        return before
    revisions = list(before.status["revisions"]) if before else []
    _forget_strays(world, template.service, {each["name"] for each in revisions})
    revision = _new_revision(world, template, revisions)
    name = f"{template.service}/revisions/{revision['name']}"
    status = {
        "source": str(built.source),
        "environment": str(built.environment),
        "of": _digest(template, built),
    }
    resource = template.resource(_platform_variables(template, revision))
    store.put(Record(REVISIONS, name, resource, status))
    try:
        _start(world, name, revision)
    except BaseException:
        _forget(world, name)
        raise
    service = Record(
        SERVICES,
        template.service,
        {"template": {"serviceAccount": template.account}},
        {"revisions": [*revisions, revision], "live": revision["name"], "uri": uri},
    )
    store.put(service)
    return _retire(world, service)


def move_traffic(world: World, service_name: str, revision_name: str) -> None:
    """Roll back to a kept revision. Raises GoogleError if it is not kept."""
    store = ResourceStore(world)
    service = store.get(SERVICES, service_name)
    kept = {each["name"]: each for each in service.status["revisions"]} if service else {}
    if service is None or revision_name not in kept:
        raise GoogleError(404, f"Revision '{revision_name}' was not found.")
    _start(world, f"{service_name}/revisions/{revision_name}", kept[revision_name])
    moved = Record(service.kind, service.name, service.resource, {**service.status, "live": revision_name})
    store.put(moved)
    _stop_others(world, moved)


def remove(world: World, service_name: str) -> None:
    """Remove a service with all its revisions."""
    store = ResourceStore(world)
    service = store.get(SERVICES, service_name)
    if service is None:
        return
    store.delete(SERVICES, service_name)
    _forget_strays(world, service_name, set())


def is_alive(world: World, service_name: str) -> bool:
    """Whether the live revision of a service runs."""
    service = ResourceStore(world).get(SERVICES, service_name)
    if service is None:
        return False
    program = supervisor.programs(world).get(_live(service)["program"])
    return program is not None and program.state in supervisor.UP_STATES


def _live(service: Record) -> dict[str, Any]:
    found = {each["name"]: each for each in service.status["revisions"]}
    live: dict[str, Any] = found[service.status["live"]]
    return live


def _live_is(world: World, service: Record, template: Template, built: Built) -> bool:
    """Whether the live revision is the wanted one already, and runs."""
    name = f"{service.name}/revisions/{service.status['live']}"
    revision = ResourceStore(world).get(REVISIONS, name)
    same = revision is not None and revision.status["of"] == _digest(template, built)
    return same and is_alive(world, service.name)


def _digest(template: Template, built: Built) -> str:
    content = json.dumps([template.resource([]), str(built.source), str(built.environment)], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _new_revision(world: World, template: Template, revisions: list[dict[str, Any]]) -> dict[str, Any]:
    number = 1 + max((int(each["name"].rsplit("-", 2)[1]) for each in revisions), default=0)
    service = template.service.rsplit("/", 1)[-1]
    suffix = "".join(random.choices("bcdfghjklmnpqrstvwxz", k=3))  # noqa: S311 - a name, no secret  # nosec B311
    name = f"{service}-{number:05}-{suffix}"
    return {"name": name, "port": free_port(world), "program": _program_name(name)}


def _platform_variables(template: Template, revision: dict[str, Any]) -> list[dict[str, Any]]:
    """The variables that Cloud Run sets itself (cloud.google.com/run/docs/container-contract)."""
    service = template.service.rsplit("/", 1)[-1]
    variables = {
        "PORT": str(revision["port"]),
        "K_SERVICE": service,
        "K_REVISION": revision["name"],
        "K_CONFIGURATION": service,
        "CLOUD_RUN_TIMEOUT_SECONDS": str(template.timeout_seconds),
    }
    return [{"name": name, "value": value} for name, value in variables.items()]


def _start(world: World, name: str, revision: dict[str, Any]) -> None:
    """Start a revision and wait until it answers over HTTP. Raises GoogleError with the end of its log."""
    supervisor.start_daemon(world)
    supervisor.put_program(world, _program(world, name, revision, autostart=True))
    # The functions framework answers this path itself, without calling the function.
    url = f"http://{world.address}:{revision['port']}/robots.txt"
    try:
        supervisor.wait_ready(world, revision["program"], lambda: _answers(url), STARTUP_PATIENCE_SECONDS)
    except supervisor.SupervisorError as error:
        message = (
            f"Could not create or update Cloud Run service {name.split('/')[-3]}, Container Healthcheck "
            f"failed. Revision '{revision['name']}' is not ready and cannot serve traffic. {error}"
        )
        raise GoogleError(400, message) from error


def _answers(url: str) -> bool:
    try:
        httpx.get(url, timeout=PROBE_PATIENCE_SECONDS)
    except httpx.TransportError:
        return False
    return True


def _program(world: World, name: str, revision: dict[str, Any], *, autostart: bool) -> Program:
    command = [sys.executable, "-m", "local.provider.gcp.run_revision", world.name, name]
    return Program(
        revision["program"], command, directory=ROOT, stop_seconds=GRACE_SECONDS, autostart=autostart
    )


def _retire(world: World, service: Record) -> Record:
    """Stop the revisions without traffic, and remove the oldest of them."""
    _stop_others(world, service)
    revisions = service.status["revisions"]
    kept, old = revisions[-KEPT_REVISIONS:], revisions[:-KEPT_REVISIONS]
    for revision in old:
        _forget(world, f"{service.name}/revisions/{revision['name']}")
    retired = Record(service.kind, service.name, service.resource, {**service.status, "revisions": kept})
    ResourceStore(world).put(retired)
    return retired


def _stop_others(world: World, service: Record) -> None:
    for revision in service.status["revisions"]:
        if revision["name"] != service.status["live"]:
            name = f"{service.name}/revisions/{revision['name']}"
            supervisor.put_program(world, _program(world, name, revision, autostart=False))


def _forget_strays(world: World, service_name: str, known: set[str]) -> None:
    """Remove revisions that the service does not list, such as one whose deploy was interrupted."""
    for record in list(ResourceStore(world).list(REVISIONS)):
        service, _, revision = record.name.rpartition("/revisions/")
        if service == service_name and revision not in known:
            _forget(world, record.name)


def _forget(world: World, name: str) -> None:
    supervisor.remove_program(world, _program_name(name))
    ResourceStore(world).delete(REVISIONS, name)


def _program_name(name: str) -> str:
    """The name of a revision's program, from the revision's full name."""
    return f"function-{name.rsplit('/', 1)[-1]}"
