"""How every HTTP service of a world is started: `python -m local.services.NAME WORLD`."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable

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
    """Serve the application at the world's address and the port of that name until the process is ended."""
    world = world_of_arguments()
    uvicorn.run(
        build(world),
        host=world.address,
        port=world.ports[port],
        log_level="warning",
        access_log=False,
        server_header=False,
        # X-Forwarded-For is the ingress's own business.
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )


async def _healthy(_request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def health_route() -> Route:
    """Answers as soon as the service takes requests."""
    return Route(HEALTH, _healthy)
