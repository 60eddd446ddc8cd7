"""A small HTTP server in the place of a function, which keeps each request and answers as told."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PATIENCE = 30.0


@dataclass(frozen=True)
class Received:
    method: str
    path: str
    headers: Mapping[str, str]
    """The headers, with names in lower case."""
    body: bytes
    at: float
    """The time of arrival, by the monotonic clock."""


class RecordingFunction:
    """Use as a context manager. The answers have the `statuses` one by one; the last one is repeated."""

    def __init__(self, address: str) -> None:
        self.received: list[Received] = []
        self.statuses = [200]
        self.delay = 0.0
        self.at_once = 0
        self.most_at_once = 0
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer((address, 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05})
        self.port = int(self._server.server_address[1])

    def __enter__(self) -> RecordingFunction:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def wait_for(self, count: int) -> list[Received]:
        """Wait until there are that many requests; return them. Fails after PATIENCE seconds."""
        deadline = time.monotonic() + PATIENCE
        while len(self.received) < count:
            assert time.monotonic() < deadline, f"{len(self.received)} requests instead of {count}"
            time.sleep(0.02)
        return self.received

    def _answer(self, received: Received) -> int:
        with self._lock:
            self.received.append(received)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        time.sleep(self.delay)
        with self._lock:
            self.at_once -= 1
        return status

    def _handler(recording) -> type[BaseHTTPRequestHandler]:  # noqa: N805 - `self` is the handler's below
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                headers = {name.lower(): value for name, value in self.headers.items()}
                received = Received(self.command, self.path, headers, body, time.monotonic())
                status = recording._answer(received)
                self.send_response(status)
                self.send_header("Set-Cookie", "one=1")
                self.send_header("Set-Cookie", "two=2")
                self.send_header("Content-Length", "4")
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(b"done")

            do_GET = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = do_HEAD = do_POST  # noqa: N815

            def log_message(self, *_: Any) -> None:
                """Log nothing."""

        return Handler
