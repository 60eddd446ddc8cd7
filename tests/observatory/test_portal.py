"""MDN's Observatory judges the headers that a release of the portal sends.

In production Firebase Hosting ends TLS and redirects to it; here the test's own server does both.
"""

from __future__ import annotations

import os
import ssl
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from local.linode.certificates import ensure_certificates
from local.world import ROOT
from portal.release.serving import serving_config
from portal.release.settings import PortalConfiguration
from tests.figures import Tell
from tests.observatory import observatory

ADDRESS = "127.83.5.1"
"""An address of this test's own, because the Observatory only asks on ports 80 and 443."""
CONFIGURATION = {
    "firebase": {"projectId": "ekklesia-prod-10-2025", "appId": "1:1:web:1"},
    "functions": {"healthz": "https://healthz.example"},
    "kenni": {
        "issuerUrl": "https://idp.kenni.is/x",
        "clientId": "x",
        "redirectUri": "https://x.web.app/callback",
    },
}


class Portal(BaseHTTPRequestHandler):
    """Serves the front page, with the headers of every page."""

    headers_sent: dict[str, str]
    page = (ROOT / "portal" / "public" / "index.html").read_bytes()

    def do_GET(self) -> None:
        self._answer(HTTPStatus.OK, self.headers_sent | {"Content-Type": "text/html; charset=utf-8"})
        self.wfile.write(self.page)

    def do_OPTIONS(self) -> None:
        self._answer(HTTPStatus.OK, self.headers_sent | {"Content-Length": "0"})

    def _answer(self, status: HTTPStatus, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""


class Redirect(Portal):
    """Redirects everything to HTTPS."""

    def do_GET(self) -> None:
        self._answer(HTTPStatus.MOVED_PERMANENTLY, {"Location": f"https://{ADDRESS}{self.path}"})


@contextmanager
def serving(handler: type[Portal], port: int, tls: ssl.SSLContext | None = None) -> Iterator[None]:
    server = ThreadingHTTPServer((ADDRESS, port), handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.mark.skipif(os.geteuid() != 0, reason="the Observatory asks on ports 80 and 443, which root opens")
def test_the_portal_gets_the_best_grade(tmp_path: Path, tell: Tell) -> None:
    configuration = PortalConfiguration.model_validate(CONFIGURATION)
    rules = serving_config(ROOT / "portal/hosting.json", configuration, [])
    Portal.headers_sent = next(rule["headers"] for rule in rules["headers"] if rule["glob"] == "**")
    ensure_certificates(tmp_path, [ADDRESS])
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "host.pem", tmp_path / "host-key.pem")
    with ExitStack() as servers:
        servers.enter_context(serving(Redirect, 80))
        servers.enter_context(serving(Portal, 443, tls))
        verdict = observatory.judge(ADDRESS, tmp_path / "ca.pem")
    tell(f"MDN Observatory, the portal: {verdict['grade']}, {verdict['score']}")
    assert (verdict["grade"], verdict["score"] >= observatory.FULL_SCORE) == ("A+", True), verdict
