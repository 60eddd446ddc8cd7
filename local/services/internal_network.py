"""Which of the world's callers count as Google's own network, as `ALLOW_INTERNAL_ONLY` functions need.

Eventarc and Cloud Scheduler call from the loopback address after the world's; everything else, the gateways
of the Debian host among them, calls from another.
"""

from __future__ import annotations

from ipaddress import IPv4Address

import httpx

from local.world import World

CONNECT_SECONDS = 10.0


def internal_address(world: World) -> str:
    """The address that Google's own services call from."""
    return str(IPv4Address(world.address) + 1)


def internal_client(world: World) -> httpx.AsyncClient:
    """An HTTP client that calls from the internal address; the caller sets each request's time-out."""
    transport = httpx.AsyncHTTPTransport(
        local_address=internal_address(world), limits=httpx.Limits(max_connections=None)
    )
    return httpx.AsyncClient(transport=transport, trust_env=False, timeout=CONNECT_SECONDS)
