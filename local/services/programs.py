"""Describes the programs of a world for the supervisor.

Leaves the functions' revisions (`function-NAME-REVISION`) to the provider, and the Debian host to `linode/`.
`readiness.py` says when each program is ready.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from infra.content_hash import content_hash
from local.services.emulator_tools import ToolMissingError
from local.supervisor import Program
from local.world import ROOT, World

UNBUFFERED = {"PYTHONUNBUFFERED": "1"}
SAVE_SECONDS = 150
"""How long an emulator may take to save its data before it ends."""
GATEWAY_PORTS = ("functions", "googleapis", "smtp")
"""The services that the Debian host reaches, by their names in `world.ports`."""
CODE = ("services", "google", "function_runtime", "node")
"""The folders of `local/` that the programs are made of."""
REPLACED = ("doors",)
"""Programs of version 0.1.0 that have another name now; a running one would hold the new one's ports."""


def world_programs(world: World) -> list[Program]:
    """All programs in the order of their start: receivers before senders."""
    return [
        ingress(world),
        googleapis(world),
        eventarc(world),
        firestore(world),
        firestore_proxies(world),
        auth(world),
        kenni(world),
        mail(world),
        scheduler(world),
        hosting(world),
        *gateways(world),
    ]


def firestore(world: World) -> Program:
    """Google's Firestore emulator, with the released rules and the saved data."""
    return _service(world, "firestore", stop_seconds=SAVE_SECONDS)


def ingress(world: World) -> Program:
    """Google's front end for functions: checks the caller and passes the call to the live revision."""
    return _service(world, "ingress")


def googleapis(world: World) -> Program:
    """Google's REST APIs. They begin again if the project is to be treated otherwise."""
    told = {**UNBUFFERED, "TREATMENT": f"{world.google}-{world.google_seed}"}
    return _program("googleapis", [sys.executable, "-m", "local.google", world.name], told)


def eventarc(world: World) -> Program:
    """Eventarc: queues the emulator's document events and delivers them to their functions."""
    return _service(world, "eventarc")


def scheduler(world: World) -> Program:
    """Cloud Scheduler: runs the declared jobs at their times."""
    return _service(world, "scheduler")


def hosting(world: World) -> Program:
    """Firebase Hosting: serves the live release of the portal."""
    return _service(world, "hosting")


def firestore_proxies(world: World) -> Program:
    """A port per service account that leads to Firestore if the account may use it."""
    return _service(world, "firestore_proxies")


def auth(world: World) -> Program:
    """Google's Firebase Authentication emulator, with the saved accounts."""
    return _service(world, "auth", stop_seconds=SAVE_SECONDS)


def kenni(world: World) -> Program:
    """The OpenID Connect provider that stands in for Kenni.is."""
    return _program(
        "kenni", [_node(), str(ROOT / "local" / "node" / "kenni.mjs"), str(kenni_settings(world))]
    )


def mail(world: World) -> Program:
    """The mail server of the world: it keeps all that is sent, and shows it on a web page."""
    program = ROOT / "local" / "node" / "node_modules" / "maildev" / "dist" / "bin" / "maildev.js"
    smtp = ["--smtp", str(world.ports["smtp"]), "--ip", world.address]
    web = ["--web", str(world.ports["mail"]), "--web-ip", world.address]
    kept = ["--mail-directory", str(world.state / "mail")]
    return _program("mail", [_node(), str(program), *smtp, *web, *kept])


def kenni_settings(world: World) -> Path:
    """The settings file of the stand-in for Kenni.is; its shape is `Settings` in kenni_provider.mjs."""
    return world.state / "kenni.json"


def gateways(world: World) -> list[Program]:
    """A unix socket for each service that the Debian host reaches from its own network."""
    socat = shutil.which("socat")
    if not socat:
        raise ToolMissingError("socat is not installed; install the package `socat`")
    return [
        _program(
            f"gateway-{port}",
            [
                socat,
                f"UNIX-LISTEN:{gateway_socket(world, port)},fork,unlink-early,mode=666",
                f"TCP:{world.address}:{world.ports[port]}",
            ],
        )
        for port in GATEWAY_PORTS
    ]


def gateway_socket(world: World, port: str) -> Path:
    """The unix socket to the service of that port name; it is bind-mounted into the host."""
    folder = world.state / "host" / "gateway"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{port}.sock"


def _node() -> str:
    node = shutil.which("node")
    if not node:
        raise ToolMissingError("Node.js is not installed; install Node.js 20 or newer")
    return node


def _service(world: World, name: str, stop_seconds: int = 10) -> Program:
    command = [sys.executable, "-m", f"local.services.{name}", world.name]
    return _program(name, command, UNBUFFERED, stop_seconds)


def _program(
    name: str, command: list[str], environment: Mapping[str, str] | None = None, stop_seconds: int = 10
) -> Program:
    told = {"SOURCE": _source(), **(environment or {})}
    return Program(name, command, told, ROOT, stop_seconds=stop_seconds)


@cache
def _source() -> str:
    """A hash of the services' code, so that the supervisor restarts a program whose code has changed."""
    hashes = [content_hash(ROOT / "local" / folder)[:12] for folder in CODE]
    return "-".join(hashes)
