"""Takes requests in the form that a client sends to a proxy: `GET http://HOST/PATH` (RFC 9112, 3.2.2).

`gcloud run` puts the region before the host's name, which no resolver knows here. If this address is its
proxy, the request comes all the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from starlette.types import ASGIApp, Receive, Scope, Send

SCHEMES = ("http://", "https://")


@dataclass(frozen=True)
class AbsoluteForm:
    """The application with the path alone as its request's path."""

    app: ASGIApp

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http" and scope["path"].startswith(SCHEMES):
            raw = urlsplit(scope["raw_path"].decode()).path
            scope = {**scope, "path": urlsplit(scope["path"]).path, "raw_path": raw.encode()}
        await self.app(scope, receive, send)
