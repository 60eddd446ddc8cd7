"""Finds where a declared function runs, from its own record and that of its Cloud Run service."""

from __future__ import annotations

from dataclasses import dataclass

from local.resource_store import ResourceStore
from local.services.job_schedule import seconds
from local.world import World

FUNCTIONS = "cloudfunctions.functions"
SERVICES = "run.services"
DEFAULT_TIMEOUT = "60s"
"""How long a function has for an answer if the program does not say."""


@dataclass(frozen=True)
class FunctionRoute:
    """The facts that the front end needs about a function. `port` is None while no revision is live."""

    service: str
    uri: str
    port: int | None
    revision: str
    timeout: float
    internal_only: bool


def run_service_name(world: World, function: str) -> str:
    """The full name of the Cloud Run service of a Gen2 function with that name."""
    service = function.lower().replace("_", "-")
    return f"projects/{world.project}/locations/{world.region}/services/{service}"


def route_to(store: ResourceStore, world: World, function: str) -> FunctionRoute | None:
    """The route to the function of that name, or None if the program declares none."""
    location = f"projects/{world.project}/locations/{world.region}"
    declared = store.get(FUNCTIONS, f"{location}/functions/{function}")
    service = store.get(SERVICES, run_service_name(world, function))
    if declared is None or service is None:
        return None
    live = str(service.status.get("live", ""))
    ports = {revision["name"]: int(revision["port"]) for revision in service.status.get("revisions", ())}
    return FunctionRoute(
        service=service.name,
        uri=str(service.status["uri"]),
        port=ports.get(live),
        revision=live,
        timeout=seconds(service.resource["template"].get("timeout", DEFAULT_TIMEOUT)),
        internal_only=service.resource.get("ingress") == "INGRESS_TRAFFIC_INTERNAL_ONLY",
    )
