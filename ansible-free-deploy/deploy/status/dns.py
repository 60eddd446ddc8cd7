"""Whether the site's names lead to its host, as this machine's DNS says.

It is judged by itself: a deploy, a rollback and a restart ask the host over its own loopback, and no name.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from ipaddress import ip_address

from deploy.remote.linode_settings import LinodeSettings

RESERVED = ("test", "example", "invalid", "localhost")
"""The last labels of names that stand in no DNS (RFC 6761)."""

Resolve = Callable[[str], set[str]]


def resolved(name: str) -> set[str]:
    """The addresses of a name. Raises OSError if it has none, or if the DNS does not answer."""
    found = socket.getaddrinfo(name, None, type=socket.SOCK_STREAM)
    return {str(address[0]) for *_, address in found}


def differs(settings: LinodeSettings, resolve: Resolve = resolved) -> dict[str, str]:
    """What is wrong with each name, if anything. Behind a proxy, a name leads to that one."""
    names = [name for name in settings.domains if _is_in_dns(name)]
    if not names:
        return {}
    try:
        host = resolve(settings.address)
    except OSError:
        # An alias of this person's SSH settings, by which the host was reached all the same.
        host = set()
    told = {f"DNS of {name}": _complaint(name, settings, host, resolve) for name in names}
    return {name: complaint for name, complaint in told.items() if complaint}


def _is_in_dns(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return name.rpartition(".")[2] not in RESERVED
    return False


def _complaint(name: str, settings: LinodeSettings, host: set[str], resolve: Resolve) -> str:
    try:
        found = resolve(name)
    except OSError as error:
        return f"it is not found from here ({error}); nobody may reach the site by it"
    if not host or found & host or settings.trusted_proxies:
        return ""
    return f"it leads to {', '.join(sorted(found))}, not to {settings.address}; mend the record"
