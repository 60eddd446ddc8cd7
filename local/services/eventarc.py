"""Eventarc: receives document events from the Firestore emulator and delivers them to their functions.

The emulator has one thread for all events and posts each only once. So the event is stored and acknowledged
at once; `event_delivery.py` delivers it.
"""

from __future__ import annotations

import base64
import binascii
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from local.services.event_delivery import Delivery
from local.services.event_queue import EventQueue
from local.services.event_triggers import Registrar
from local.services.google_errors import GoogleError, google_error_response
from local.services.internal_network import internal_client
from local.services.server import health_route, in_background, serve
from local.world import World


def event_headers(world: World, received: Mapping[str, str]) -> dict[str, str]:
    """The CloudEvent headers as Eventarc sends them, from those of the emulator.

    The emulator writes `projects/` twice in the source, and always claims to be in us-central1.
    """
    headers = {name: value for name, value in received.items() if name.startswith("ce-")}
    headers["ce-source"] = headers["ce-source"].replace("/projects/projects/", "/projects/")
    headers["ce-location"] = world.region
    return headers | {"content-type": "application/protobuf"}


async def accept(request: Request) -> Response:
    """Store the event that the emulator posts, and acknowledge it."""
    world: World = request.app.state.world
    try:
        body = base64.b64decode(await request.body(), validate=True)
    except binascii.Error as error:
        raise GoogleError(400, "the body is not base64") from error
    if "ce-id" not in request.headers or "ce-source" not in request.headers:
        raise GoogleError(400, "not a CloudEvent")
    if request.path_params["project"] != world.project:
        raise GoogleError(404, "not this world's project")
    trigger = f"projects/{world.project}/locations/{world.region}/triggers/{request.path_params['trigger']}"
    request.app.state.queue.add(trigger, event_headers(world, request.headers), body, time.time())
    request.app.state.delivery.wake()
    return Response(status_code=204)


async def backlog(request: Request) -> Response:
    """How many events the emulator has ever posted, and how many of them are not delivered yet.

    If none is pending, more may still come: the emulator posts one event at a time.
    """
    queue: EventQueue = request.app.state.queue
    return JSONResponse({"accepted": queue.accepted, "pending": len(queue)})


def build(world: World) -> Starlette:
    """The application of one world."""

    @asynccontextmanager
    async def lifespan(application: Starlette) -> AsyncIterator[None]:
        queue = EventQueue(world.state / "eventarc" / "queue.sqlite")
        async with internal_client(world) as client, httpx.AsyncClient(trust_env=False) as emulator:
            delivery = Delivery(world, queue, client)
            application.state.world, application.state.queue = world, queue
            application.state.delivery = delivery
            async with in_background(delivery.run(), Registrar(world, emulator).run()):
                yield
        queue.close()

    return Starlette(
        routes=[
            health_route(),
            Route("/_backlog", backlog),
            Route("/functions/projects/{project}/triggers/{trigger}", accept, methods=["POST"]),
        ],
        exception_handlers={GoogleError: google_error_response},
        lifespan=lifespan,
    )


if __name__ == "__main__":
    serve(build, "eventarc")
