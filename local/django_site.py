"""Calls the host's Django from this machine, over HTTPS with the world's own certificate authority."""

from __future__ import annotations

import ssl
from typing import Any

import httpx

from local import pulumi_stack
from local.linode.machine import Machine
from local.world import World

TIMEOUT_SECONDS = 10.0


def site_url(world: World) -> str:
    """The site's base URL; its pages are under /admin/ and /felagar/."""
    return f"https://{world.host_address}"


def site_client(world: World) -> httpx.Client:
    """A client that trusts the certificate of the world's host and no other."""
    trust = ssl.create_default_context(cafile=str(Machine(world).tls / "ca.pem"))
    return httpx.Client(base_url=site_url(world), verify=trust, timeout=TIMEOUT_SECONDS)


def sync_status(world: World) -> dict[str, Any]:
    """The host's figures about its queue: pending, synced and failed rows. Raises httpx.HTTPError."""
    return _ask(world, "sync/status/")


def member_count(world: World) -> int:
    """The number of members in the register. Raises httpx.HTTPError."""
    return int(_ask(world, "full/?page_size=1")["count"])


def _ask(world: World, what: str) -> dict[str, Any]:
    """Call the API with the token that the functions use."""
    token = pulumi_stack.pulumi("config", "get", "ekklesia:djangoApiToken", "-s", world.name).strip()
    with site_client(world) as client:
        answer = client.get(f"/felagar/api/{what}", headers={"Authorization": f"Token {token}"})
        return dict(answer.raise_for_status().json())
