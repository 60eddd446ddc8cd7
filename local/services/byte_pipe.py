"""Joins two TCP connections: the bytes of each go to the other, no faster than the other reads them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast


class PipeEnd(asyncio.Protocol):
    """One of the two connections. It is not read until it has an `other`."""

    def __init__(self, connected: Callable[[PipeEnd], None] | None = None) -> None:
        self._connected = connected
        self._early = bytearray()
        self.other: PipeEnd | None = None
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport and call `connected`."""
        self.transport = cast(asyncio.Transport, transport)
        self.transport.pause_reading()
        if self._connected:
            self._connected(self)

    def lead_to(self, other: PipeEnd) -> None:
        """Send the bytes to the other from now on, beginning with those that have come already."""
        self.other = other
        self.data_received(b"")

    def data_received(self, data: bytes) -> None:
        """Pass the bytes on. Python 3.11.2 (Debian 12) reads a little although it was told to pause."""
        self._early += data
        if self.other and self.other.transport:
            self.other.transport.write(bytes(self._early))
            self._early.clear()

    def pause_writing(self) -> None:
        """Stop reading from the other, since this side takes the bytes too slowly."""
        if self.other and self.other.transport:
            self.other.transport.pause_reading()

    def resume_writing(self) -> None:
        """Read from the other again."""
        if self.other and self.other.transport:
            self.other.transport.resume_reading()

    def connection_lost(self, _error: Exception | None) -> None:
        """Close the other side too."""
        if self.other and self.other.transport:
            self.other.transport.close()

    def close(self) -> None:
        """Close this side, which closes the other."""
        if self.transport:
            self.transport.close()


async def join(near: PipeEnd, host: str, port: int) -> None:
    """Connect to the address and join that connection with the near one. Raises OSError."""
    _, far = await asyncio.get_running_loop().create_connection(PipeEnd, host, port)
    far.lead_to(near)
    near.lead_to(far)
    for end in (near, far):
        if end.transport is None or end.transport.is_closing():
            far.close()
            return
        end.transport.resume_reading()
