"""A server of one file on 127.0.0.1, which can fail as servers and connections do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FileServer(ThreadingHTTPServer):
    """Serves `content` at every address."""

    def __init__(self, content: bytes) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.content = content
        self.status = 200
        self.knows_ranges = True
        self.cuts_after: list[int] = []
        """After how many bytes the connection of each of the next answers is cut."""
        self.asked: list[tuple[str, str]] = []
        """The path and the `Range` of each request."""

    @property
    def url(self) -> str:
        """The server's base URL."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: FileServer

    def do_GET(self) -> None:
        server, wish = self.server, self.headers.get("Range", "")
        server.asked.append((self.path, wish))
        if server.status != 200:
            self.send_error(server.status)
            return
        start = int(wish.removeprefix("bytes=").removesuffix("-") or 0) if server.knows_ranges else 0
        rest = server.content[start:]
        if start and not rest:
            self.send_error(416)
            return
        self.send_response(206 if start else 200)
        if start:
            size = len(server.content)
            self.send_header("Content-Range", f"bytes {start}-{size - 1}/{size}")
        self.send_header("Content-Length", str(len(rest)))
        self.end_headers()
        self.wfile.write(rest[: server.cuts_after.pop(0)] if server.cuts_after else rest)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing."""


@contextmanager
def file_server(content: bytes) -> Iterator[FileServer]:
    """Serve the content until the end of the block."""
    with FileServer(content) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
