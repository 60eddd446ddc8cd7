"""The backup program's requests to Google carry tokens, and go nowhere else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.request import Request

import pytest
from ekklesia_backup import federation
from ekklesia_backup.errors import BackupError


@contextmanager
def server(answer: type[BaseHTTPRequestHandler]) -> Iterator[str]:
    """A server on this machine; its address."""
    with HTTPServer(("127.0.0.1", 0), answer) as listening:
        thread = Thread(target=listening.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_port}"
        listening.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_takes_the_token_nowhere(status: int) -> None:
    seen: list[str | None] = []

    class Elsewhere(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            seen.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()

    with server(Elsewhere) as elsewhere:

        class Redirecting(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(status)
                self.send_header("Location", elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()

        with server(Redirecting) as google:
            request = Request(google, headers={"Authorization": "Bearer secret"})  # noqa: S310  # our own
            with pytest.raises(BackupError, match=f"upload: HTTP {status}"):
                federation.opened(request, "upload")
    assert seen == []
