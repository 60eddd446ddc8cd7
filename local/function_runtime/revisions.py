"""Cloud Run's part of a function: its service, and the revisions between which traffic moves.

Traffic moves to a new revision when that answers. The revision before is kept, stopped, for a rollback.
"""

from __future__ import annotations

import hashlib
import json
import random
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx

from local import supervisor
from local.function_runtime.free_ports import free_port
from local.function_runtime.run_revision import REVISIONS
from local.resource_store import Record, ResourceStore
from local.services.functions import SERVICES
from local.services.google_errors import GoogleError, not_found
from local.services.proxy_ports import auth_address, proxy_address
from local.supervisor import Program
from local.world import ROOT, World

Body = dict[str, Any]
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
    variables: dict[str, str]
    """Variables of the container that the build sets: which function is called, and how."""

    def status(self) -> Body:
        """What a revision's record keeps of it."""
        return {
            "source": str(self.source),
            "environment": str(self.environment),
            "variables": self.variables,
        }


@dataclass(frozen=True)
class Service:
    """The definition of a service: Cloud Run's Service, without what Google adds."""

    name: str
    """The full name."""
    resource: Body
    """With `template`, Cloud Run's RevisionTemplate."""
    uri: str

    @property
    def template(self) -> Body:
        """The definition of the next revision."""
        template: Body = self.resource["template"]
        return template


def deploy(world: World, service: Service, built: Built) -> Record:
    """Start a revision, wait until it answers, move traffic. After a failure the old one goes on serving.

    No revision is made if the live one is like that already. Raises GoogleError.
    """
    store = ResourceStore(world)
    before = store.get(SERVICES, service.name)
    if before is not None and _live_is(world, before, service.template, built):
        return _put(store, Record(SERVICES, service.name, service.resource, before.status))
    revisions = list(before.status["revisions"]) if before else []
    _forget_strays(world, service.name, {each["name"] for each in revisions})
    revision = _new_revision(world, service.name, revisions)
    name = f"{service.name}/revisions/{revision['name']}"
    status = {**built.status(), "of": _digest(service.template, built), "created": _now()}
    store.put(Record(REVISIONS, name, _with_all_variables(world, service, built, revision), status))
    try:
        _start(world, name, revision)
    except BaseException:
        _forget(world, name)
        raise
    known = {**(before.status if before else {"created": _now()}), "uri": service.uri}
    moved = {"revisions": [*revisions, revision], "live": revision["name"]}
    return _retire(world, _put(store, Record(SERVICES, service.name, service.resource, {**known, **moved})))


def redeploy(world: World, service: Service) -> Record:
    """The same with what the live revision was built of. Raises GoogleError 404."""
    store = ResourceStore(world)
    before = store.get(SERVICES, service.name)
    live = store.get(REVISIONS, f"{service.name}/revisions/{before.status['live']}") if before else None
    if live is None:
        raise not_found(service.name)
    built = Built(
        Path(live.status["source"]), Path(live.status["environment"]), live.status.get("variables", {})
    )
    return deploy(world, service, built)


def move_traffic(world: World, service_name: str, revision_name: str) -> None:
    """Give all traffic to a kept revision. Raises GoogleError 404 if it is not kept."""
    store = ResourceStore(world)
    service = store.get(SERVICES, service_name)
    kept = {each["name"]: each for each in service.status["revisions"]} if service else {}
    if service is None or revision_name not in kept:
        raise GoogleError(404, f"Revision '{revision_name}' was not found.")
    _start(world, f"{service_name}/revisions/{revision_name}", kept[revision_name])
    moved = Record(service.kind, service.name, service.resource, {**service.status, "live": revision_name})
    _stop_others(world, _put(store, moved))


def remove(world: World, service_name: str) -> None:
    """Remove a service with all its revisions."""
    store = ResourceStore(world)
    service = store.get(SERVICES, service_name)
    if service is None:
        return
    store.delete(SERVICES, service_name)
    _forget_strays(world, service_name, set())


def restore(world: World) -> None:
    """Declare the live revisions to the supervisor again: their programs may be those of earlier code."""
    for service in ResourceStore(world).list(SERVICES):
        if service.status.get("live"):
            live = _live(service)
            name = f"{service.name}/revisions/{live['name']}"
            supervisor.put_program(world, _program(world, name, live, autostart=True))


def keep_running(world: World, service: Record) -> None:
    """Start the live revision of a service if it does not run, as Cloud Run starts one for a request.

    Raises GoogleError if it does not start.
    """
    if not _is_alive(world, service):
        live = _live(service)
        _start(world, f"{service.name}/revisions/{live['name']}", live)


def _is_alive(world: World, service: Record) -> bool:
    program = supervisor.programs(world).get(_live(service)["program"])
    return program is not None and program.state in supervisor.UP_STATES


def _live(service: Record) -> dict[str, Any]:
    found = {each["name"]: each for each in service.status["revisions"]}
    live: dict[str, Any] = found[service.status["live"]]
    return live


def _live_is(world: World, service: Record, template: Body, built: Built) -> bool:
    """Whether the live revision is the wanted one already, and runs."""
    name = f"{service.name}/revisions/{service.status['live']}"
    revision = ResourceStore(world).get(REVISIONS, name)
    same = revision is not None and revision.status["of"] == _digest(template, built)
    return same and _is_alive(world, service)


def _digest(template: Body, built: Built) -> str:
    content = json.dumps([template, built.status()], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _new_revision(world: World, service_name: str, revisions: list[Body]) -> Body:
    number = 1 + max((int(each["name"].rsplit("-", 2)[1]) for each in revisions), default=0)
    suffix = "".join(random.choices("bcdfghjklmnpqrstvwxz", k=3))  # noqa: S311 - a name, no secret  # nosec B311
    name = f"{service_name.rsplit('/', 1)[-1]}-{number:05}-{suffix}"
    return {"name": name, "port": free_port(world), "program": _program_name(name)}


def _with_all_variables(world: World, service: Service, built: Built, revision: Body) -> Body:
    """The template with the variables that are not declared: of the world, the build and the platform."""
    container, *others = service.template["containers"]
    set_here = {**_world_variables(world, service.template["serviceAccount"]), **built.variables}
    platform = _platform_variables(service, revision)
    env = [*_as_env(set_here), *container.get("env", []), *_as_env(platform)]
    return {**service.template, "containers": [{**container, "env": env}, *others]}


def _world_variables(world: World, account: str) -> dict[str, str]:
    """By which Google's client libraries find the world's services. Google sets none of them."""
    return {
        "GOOGLE_CLOUD_PROJECT": world.project,
        "FIRESTORE_EMULATOR_HOST": proxy_address(world, account),
        "FIREBASE_AUTH_EMULATOR_HOST": auth_address(world, account),
    }


def _platform_variables(service: Service, revision: Body) -> dict[str, str]:
    """The variables that Cloud Run sets itself (cloud.google.com/run/docs/container-contract)."""
    name = service.name.rsplit("/", 1)[-1]
    return {
        "PORT": str(revision["port"]),
        "K_SERVICE": name,
        "K_REVISION": revision["name"],
        "K_CONFIGURATION": name,
        "CLOUD_RUN_TIMEOUT_SECONDS": service.template["timeout"].removesuffix("s"),
    }


def _as_env(variables: dict[str, str]) -> list[Body]:
    return [{"name": name, "value": value} for name, value in variables.items()]


def _put(store: ResourceStore, service: Record) -> Record:
    """Record a service; each change of it is a new generation."""
    generation = int(service.status.get("generation", 0)) + 1
    status = {**service.status, "generation": generation, "updated": _now()}
    changed = Record(service.kind, service.name, service.resource, status)
    store.put(changed)
    return changed


def _now() -> str:
    return datetime.now(UTC).isoformat()


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
        httpx.get(url, timeout=PROBE_PATIENCE_SECONDS, trust_env=False)
    except httpx.TransportError:
        return False
    return True


def _program(world: World, name: str, revision: dict[str, Any], *, autostart: bool) -> Program:
    command = [sys.executable, "-m", "local.function_runtime.run_revision", world.name, name]
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
