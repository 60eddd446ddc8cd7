"""Whether a port can be listened on: asked before a world starts, and where it chooses ports of its own."""

from __future__ import annotations

import socket


def can_listen(address: str, port: int) -> bool:
    """Whether nobody listens there now. A connection that is only waiting to be forgotten does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError:
            return False
    return True
