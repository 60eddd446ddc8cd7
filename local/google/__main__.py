"""Serves all the APIs at one port, each below a path of its own: `/sts/v1/token`."""

from __future__ import annotations

import threading
from collections.abc import Iterator

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import BaseRoute, Mount

from local.function_runtime import revisions
from local.google import (
    apis,
    firebasehosting_releases,
    function_uploads,
    iamcredentials,
    identitytoolkit_accounts,
    oauth2,
    storage_content,
    sts,
)
from local.google.cloudbuild import BUILDS
from local.google.frame import operations
from local.google.frame.absolute_form import AbsoluteForm
from local.google.frame.front import Front
from local.services.google_errors import GoogleError, google_error_response
from local.services.server import health_route, serve
from local.world import World


def build(world: World) -> Starlette:
    """The ASGI application of one world."""
    operations.forget_old(world)
    operations.forget_old(world, BUILDS)
    threading.Thread(target=revisions.restore, args=(world,), daemon=True).start()
    return Starlette(
        routes=[
            health_route(),
            *storage_content.routes(world),
            *firebasehosting_releases.routes(world),
            *identitytoolkit_accounts.routes(world),
            *function_uploads.routes(world),
            *_fronts(world),
            Mount("/oauth2", routes=oauth2.routes(world)),
            Mount("/sts", routes=sts.routes(world)),
            Mount("/iamcredentials", routes=iamcredentials.routes(world)),
        ],
        middleware=[Middleware(AbsoluteForm)],
        exception_handlers={GoogleError: google_error_response},
    )


def _fronts(world: World) -> Iterator[BaseRoute]:
    for name, versions in apis.versions().items():
        yield from Front(world, versions, f"/{name}").routes()


if __name__ == "__main__":
    serve(build, "googleapis")
