"""Passes one account's calls of Firestore on to the emulator, if the account may make them.

The emulator lets everyone do everything. Here a call whose permissions the account lacks gets gRPC's
PERMISSION_DENIED, as in production. The messages are passed on as they are.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from typing import Any

import grpc
import grpc.aio

from local.services.firestore_permissions import UnknownCallError, needed

LARGEST_MESSAGE = 32 * 1024 * 1024
OPTIONS = [("grpc.max_receive_message_length", LARGEST_MESSAGE), ("grpc.so_reuseport", 0)]
May = Callable[[str, str], bool]
"""Whether the account holds a permission on a database (`projects/P/databases/D`)."""
log = logging.getLogger("firestore gate")


class Gate(grpc.GenericRpcHandler):
    """All calls of one account."""

    def __init__(self, account: str, may: May, emulator: grpc.aio.Channel) -> None:
        self._account = account
        self._may = may
        self._emulator = emulator

    def service(self, details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        """The handler of one call; each is passed on as a stream of messages in both directions."""
        method: grpc.aio.StreamStreamMultiCallable[bytes, bytes]
        method = self._emulator.stream_stream(details.method)

        async def handle(messages: AsyncIterator[bytes], context: Any) -> AsyncIterator[bytes]:
            stream = aiter(messages)
            first = await anext(stream)
            if refusal := self._refusal(details.method, first):
                log.warning("%s", refusal)
                await context.abort(grpc.StatusCode.PERMISSION_DENIED, refusal)
            metadata = [(name, value) for name, value in details.invocation_metadata if _is_passed(name)]
            call = method(_with(first, stream), metadata=metadata)
            try:
                async for answer in call:
                    yield answer
            except grpc.aio.AioRpcError as error:
                await context.abort(error.code(), error.details() or "", error.trailing_metadata() or ())

        return grpc.stream_stream_rpc_method_handler(handle)

    def _refusal(self, method: str, message: bytes) -> str:
        """Why the call may not be made; empty if it may. Its later messages are on the same database."""
        try:
            wanted = needed(method, message)
        except UnknownCallError as error:
            return str(error)
        lacking = [each for each in sorted(wanted.permissions) if not self._may(each, wanted.database)]
        return f"{self._account} lacks {', '.join(lacking)} on {wanted.database}" if lacking else ""


def server(account: str, may: May, emulator: str, address: str) -> grpc.aio.Server:
    """The gate of one account at HOST:PORT, before the emulator at HOST:PORT; not started yet."""
    made = grpc.aio.server(options=OPTIONS)
    made.add_generic_rpc_handlers((Gate(account, may, grpc.aio.insecure_channel(emulator, options=OPTIONS)),))
    made.add_insecure_port(address)
    return made


async def _with(first: bytes, others: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield first
    async for message in others:
        yield message


def _is_passed(name: str) -> bool:
    return not name.startswith(":") and name not in ("user-agent", "te", "content-type")
