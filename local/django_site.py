"""Calls the host's Django from this machine, over HTTPS with the world's own certificate authority."""

from __future__ import annotations

import ssl

import httpx

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
