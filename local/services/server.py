"""Starts an HTTP service of a world: `python -m local.services.NAME WORLD`."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from local.world import World

HEALTH = "/_health"


def world_of_arguments() -> World:
    """The world named on the command line."""
    if len(sys.argv) != 2:
        sys.exit(f"usage: python -m {sys.modules['__main__'].__spec__.name} WORLD")  # type: ignore[union-attr]
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return World.load(sys.argv[1])


def serve(build: Callable[[World], Starlette], port: str) -> None:
    """Serve the application at the world's address and the port of that name until the process ends."""
    world = world_of_arguments()
    uvicorn.run(
        build(world),
        host=world.address,
        port=world.ports[port],
        log_level="warning",
        access_log=False,
        server_header=False,
        # The ingress handles X-Forwarded-For itself.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )


@asynccontextmanager
async def in_background(*activities: Coroutine[None, None, None]) -> AsyncIterator[None]:
    """Run endless tasks beside a service. If one fails, the process ends and is restarted."""
    tasks = [asyncio.create_task(activity) for activity in activities]
    for task in tasks:
        task.add_done_callback(_end_process_if_failed)
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _end_process_if_failed(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()):
        logging.getLogger("server").error("an activity failed", exc_info=error)
        signal.raise_signal(signal.SIGTERM)


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def health_route() -> Route:
    """Answer, as the service takes requests."""
    return Route(HEALTH, _healthy)
