"""Two joined connections lose no byte, even one that comes before they are joined."""

from __future__ import annotations

import asyncio

from local.services.byte_pipe import PipeEnd, join

GREETING = b"PRI * HTTP/2.0"


async def _said_through_a_pipe(*, before_joining: bytes) -> bytes:
    """What a server gets from a client whose bytes came partly before the two were joined."""
    loop = asyncio.get_running_loop()
    heard: asyncio.Future[bytes] = loop.create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.set_result(await reader.readexactly(2 * len(GREETING)))
        writer.close()

    ends: asyncio.Queue[PipeEnd] = asyncio.Queue()
    server = await asyncio.start_server(listen, "127.0.0.1", 0)
    entrance = await loop.create_server(lambda: PipeEnd(ends.put_nowait), "127.0.0.1", 0)
    _, client = await asyncio.open_connection(*entrance.sockets[0].getsockname())
    near = await ends.get()
    near.data_received(before_joining)
    client.write(GREETING)
    await join(near, *server.sockets[0].getsockname())
    try:
        return await asyncio.wait_for(heard, timeout=10)
    finally:
        client.close()
        entrance.close()
        server.close()


def test_what_comes_before_the_ends_are_joined_comes_out_first() -> None:
    early = GREETING.lower()
    assert asyncio.run(_said_through_a_pipe(before_joining=early)) == early + GREETING
