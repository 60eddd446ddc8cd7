"""Tells which callers count as Google's own network, for `ALLOW_INTERNAL_ONLY` functions.

Eventarc and Cloud Scheduler call from the loopback address after the world's. All others, also the gateways
of the Debian host, call from another address.
"""

from __future__ import annotations

from ipaddress import IPv4Address

import httpx

from local.world import World

CONNECT_SECONDS = 10.0


def internal_address(world: World) -> str:
    """The address from which Google's own services call."""
    return str(IPv4Address(world.address) + 1)


def internal_client(world: World) -> httpx.AsyncClient:
    """An HTTP client that calls from the internal address. Each request needs a time-out of its own."""
    transport = httpx.AsyncHTTPTransport(
        local_address=internal_address(world), limits=httpx.Limits(max_connections=None)
    )
    return httpx.AsyncClient(transport=transport, trust_env=False, timeout=CONNECT_SECONDS)
