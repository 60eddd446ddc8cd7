"""Cloud Scheduler v1: reading a job, and running it now."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.background import BackgroundTask
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from local.google.frame.access_tokens import caller_of
from local.resource_store import Record, ResourceStore
from local.services.google_errors import GoogleError
from local.services.internal_network import internal_client
from local.services.job_runner import ATTEMPTS, JOBS, JobRunner
from local.world import World

RUN, VIEW = "cloudscheduler.jobs.run", "cloudscheduler.jobs.get"


def routes(world: World) -> list[BaseRoute]:
    """`GET /v1/projects/P/locations/R/jobs/J` and `POST …/jobs/J:run`."""
    store = ResourceStore(world)

    async def get(request: Request) -> Response:
        caller = caller_of(world, request)
        job = _job(store, request)
        caller.require(world, VIEW, job.name)
        return JSONResponse(_as_google_shows_it(store, job))

    async def run(request: Request) -> Response:
        caller = caller_of(world, request)
        job = _job(store, request)
        caller.require(world, RUN, job.name)
        return JSONResponse(_as_google_shows_it(store, job), background=BackgroundTask(_run_now, world, job))

    name = "/v1/projects/{project}/locations/{location}/jobs/{job}"
    return [Route(f"{name}:run", run, methods=["POST"]), Route(name, get)]


def _job(store: ResourceStore, request: Request) -> Record:
    name = "projects/{project}/locations/{location}/jobs/{job}".format(**request.path_params)
    job = store.get(JOBS, name)
    if job is None:
        raise GoogleError(404, f"Job not found: {name}")
    return job


async def _run_now(world: World, job: Record) -> None:
    async with internal_client(world) as client:
        await JobRunner(world, client).run(job, datetime.now(UTC))


def _as_google_shows_it(store: ResourceStore, job: Record) -> dict[str, Any]:
    attempt = store.get(ATTEMPTS, job.name)
    return {**job.resource, **(attempt.status if attempt else {})}
