"""Serves all the APIs at one port, each below a path of its own: `/sts/v1/token`."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.routing import Mount

from local.google import (
    apis,
    cloudscheduler,
    firebasehosting,
    iamcredentials,
    identitytoolkit,
    oauth2,
    storage,
    sts,
)
from local.google.frame import operations
from local.google.frame.front import Front
from local.services.google_errors import GoogleError, google_error_response
from local.services.server import health_route, serve
from local.world import World


def build(world: World) -> Starlette:
    """The ASGI application of one world."""
    operations.forget_old(world)
    return Starlette(
        routes=[
            health_route(),
            *(Front(world, each, f"/{name}").route() for name, each in apis.versions().items()),
            Mount("/oauth2", routes=oauth2.routes(world)),
            Mount("/sts", routes=sts.routes(world)),
            Mount("/iamcredentials", routes=iamcredentials.routes(world)),
            Mount("/firebasehosting", routes=firebasehosting.routes(world)),
            Mount("/cloudscheduler", routes=cloudscheduler.routes(world)),
            Mount("/identitytoolkit", routes=identitytoolkit.routes(world)),
            Mount("/storage", routes=storage.routes(world)),
        ],
        exception_handlers={GoogleError: google_error_response},
    )


if __name__ == "__main__":
    serve(build, "googleapis")
