"""Sends the lines that Pulumi shows beside a resource during an operation."""

from __future__ import annotations

from contextlib import suppress

import grpc
from pulumi.runtime.proto import engine_pb2, engine_pb2_grpc


class EngineLog:
    """The engine's log, as far as a provider uses it."""

    def __init__(self, address: str) -> None:
        self._engine = engine_pb2_grpc.EngineStub(grpc.insecure_channel(address)) if address else None

    def say(self, urn: str, message: str) -> None:
        """Show a line beside the resource. Does nothing if the engine has ended."""
        if self._engine is None:
            return
        request = engine_pb2.LogRequest(severity=engine_pb2.INFO, message=message, urn=urn, streamId=0)
        with suppress(grpc.RpcError):
            self._engine.Log(request)
