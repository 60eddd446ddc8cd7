"""Checks whether a program of the world is ready: its URL must answer, or its socket take a connection."""

from __future__ import annotations

import socket
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from local.services.programs import GATEWAY_PORTS, gateway_socket
from local.world import World, WorldError

PAUSE = 0.1
"""Seconds between two checks of a program that is not ready yet."""


class NotReadyError(WorldError):
    """A program was not ready in time; the message names it and the failed check."""


@dataclass(frozen=True)
class UrlCheck:
    """Ready if the URL answers with a status below 500 and the mark, if there is one, is set."""

    url: str
    mark: Path | None = None
    """A file that an emulator's keeper makes when the saved data is loaded."""

    def why_not(self) -> str | None:
        """The reason why the program is not ready, or None."""
        try:
            status = httpx.get(self.url, timeout=2).status_code
        except httpx.HTTPError as error:
            return f"{self.url}: {error or type(error).__name__}"
        if status >= 500:
            return f"{self.url} answered {status}"
        return "its data is not back yet" if self.mark and not self.mark.exists() else None


@dataclass(frozen=True)
class SocketCheck:
    """Ready if something accepts connections on the unix socket."""

    path: str

    def why_not(self) -> str | None:
        """The reason why the program is not ready, or None."""
        try:
            with socket.socket(socket.AF_UNIX) as connection:
                connection.connect(self.path)
        except OSError as error:
            return f"{self.path}: {error.strerror}"
        return None


Check = UrlCheck | SocketCheck


def checks(world: World) -> dict[str, Check]:
    """Program name → its check; the scheduler and the proxies have no fixed port and need only run."""
    return {
        "ingress": UrlCheck(f"{world.url('functions')}/_health"),
        "googleapis": UrlCheck(f"{world.url('googleapis')}/oauth2/certs"),
        "eventarc": UrlCheck(f"{world.url('eventarc')}/_health"),
        "firestore": UrlCheck(world.url("firestore"), restored_mark(world, "firestore")),
        "auth": UrlCheck(world.url("auth"), restored_mark(world, "auth")),
        "kenni": UrlCheck(f"{world.url('kenni')}/.well-known/openid-configuration"),
        "mail": UrlCheck(world.url("mail")),
        "hosting": UrlCheck(f"{world.url('portal')}/_health"),
        **{f"gateway-{port}": SocketCheck(str(gateway_socket(world, port))) for port in GATEWAY_PORTS},
    }


def restored_mark(world: World, name: str) -> Path:
    """The file that exists while that emulator runs with its data loaded."""
    return world.state / "restored" / name


def wait_until_ready(world: World, name: str, seconds: float = 60) -> None:
    """Return once the program answers. Raises NotReadyError with the last reason after that many seconds."""
    check = checks(world).get(name)
    deadline = time.monotonic() + seconds
    while check and (reason := check.why_not()):
        if time.monotonic() > deadline:
            raise NotReadyError(f"{name} is not ready after {seconds:.0f} s: {reason}")
        time.sleep(PAUSE)
