"""Answers every gRPC call on a connection with PERMISSION_DENIED, as Firestore does without the role."""

from __future__ import annotations

import asyncio
from typing import cast
from urllib.parse import quote

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import ConnectionTerminated, RequestReceived
from h2.exceptions import ProtocolError

PERMISSION_DENIED = "7"
"""The code in google.rpc.Code, which is sent as text."""


class GrpcDenial(asyncio.Protocol):
    """The server's side of one HTTP/2 connection. The caller gets `reason` as the error's message."""

    def __init__(self, reason: str) -> None:
        self._headers = [
            (":status", "200"),
            ("content-type", "application/grpc"),
            ("grpc-status", PERMISSION_DENIED),
            ("grpc-message", quote(reason, safe=" ,.:@/-")),
        ]
        self._connection = H2Connection(H2Configuration(client_side=False, header_encoding="utf-8"))

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin the HTTP/2 connection."""
        self._transport = cast(asyncio.Transport, transport)
        self._connection.initiate_connection()
        self._flush()

    def data_received(self, data: bytes) -> None:
        """Refuse each call that these bytes begin."""
        try:
            for event in self._connection.receive_data(data):
                if isinstance(event, RequestReceived) and event.stream_id is not None:
                    self._connection.send_headers(event.stream_id, self._headers, end_stream=True)
                elif isinstance(event, ConnectionTerminated):
                    self._transport.close()
                    return
        except ProtocolError:
            self._transport.close()
            return
        self._flush()

    def close(self) -> None:
        """Close the connection."""
        self._transport.close()

    def _flush(self) -> None:
        self._transport.write(self._connection.data_to_send())
