"""The host's command line and the cloud that it calls: the deployed entry point behind a port.

Google's token services answer everything here; tests/services tests their checks.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug import Request, Response
from werkzeug.serving import make_server

from tests.linode import production
from tests.linode.runtimes import CURRENT

ACCESS, IDENTITY = "access-token", "identity-token"


@dataclass(frozen=True)
class OrderingHost:
    """The cloud's address as the host gets it, and the key that proves the host's identity."""

    cloud: str
    key_file: Path

    def sync_members(self, *options: str) -> subprocess.CompletedProcess[str]:
        """Run the command with production's settings."""
        CURRENT.build()
        nudge = production.NUDGE | {
            "NUDGE_URL": self.cloud,
            "NUDGE_STS_URL": self.cloud,
            "NUDGE_IAM_CREDENTIALS_URL": self.cloud,
            "NUDGE_KEY_FILE": str(self.key_file),
        }
        return production.manage(CURRENT, production.REQUIRED | nudge, "sync_members", *options)


@contextmanager
def running_cloud(function: Flask, folder: Path) -> Iterator[OrderingHost]:
    """The function behind a port of its own, for the length of a `with` block."""
    server = make_server(
        "127.0.0.1", 0, Request.application(_Cloud(function.test_client()).answer), threaded=True
    )
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield OrderingHost(f"http://127.0.0.1:{server.server_port}", _key_in(folder))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Cloud:
    """Gives everybody tokens, and lets callers with a token reach the function."""

    def __init__(self, function: FlaskClient) -> None:
        self._function = function

    def answer(self, request: Request) -> Response:
        """What is answered, as WSGI's `Request.application` wants it told."""
        if request.path.endswith("/v1/token"):
            return _json({"access_token": ACCESS})
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if request.path.endswith(":generateIdToken"):
            return _json({"token": IDENTITY}, 200 if token == ACCESS else 403)
        if token != IDENTITY or request.path != "/":
            return _json({}, 403)
        answer = self._function.post("/", data=request.get_data())
        return Response(answer.data, answer.status_code, content_type=answer.content_type)


def _json(body: dict[str, str], status: int = 200) -> Response:
    return Response(json.dumps(body), status, content_type="application/json")


def _key_in(folder: Path) -> Path:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    file = folder / "key.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return file
