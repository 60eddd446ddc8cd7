"""Whether a port is free: asked before a world starts, and when a port is chosen."""

from __future__ import annotations

import socket


def can_listen(address: str, port: int) -> bool:
    """Whether nobody listens there now. A closed connection in TIME_WAIT does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
