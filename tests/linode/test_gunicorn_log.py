"""What gunicorn itself makes of a request, with the host's own hooks.

It logs no kennitala, no name and no forged line. The old runtime's gunicorn takes bodies that nginx refuses.
"""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.linode.django_server import BACKEND
from tests.linode.postgres import free_port
from tests.linode.runtimes import CURRENT, LEGACY, InterpreterMissingError, Runtime

HOOKS = BACKEND.parent / "host" / "gunicorn_hooks.py"
FAILING = "def application(environ, start_response):\n    raise ValueError(environ['RAW_URI'])\n"
PERSON = "0202802229"
ODD_ENCODINGS = ("chunked, identity", "identity", "xchunked", "chunked\r\nContent-Length: 5")
"""Of a body. Two programs in a row could each end it elsewhere (CVE-2024-1135, CVE-2024-6827)."""
SECONDS = 30


class Gunicorn:
    """A server of which each request fails, as one does that takes too long."""

    def __init__(self, runtime: Runtime, folder: Path) -> None:
        self.runtime = runtime
        (folder / "failing.py").write_text(FAILING)
        self.port = free_port()
        self.log = folder / "log"
        command = [str(runtime.executable), "-m", "gunicorn", "failing:application"]
        command += ["--config", str(HOOKS), "--bind", f"127.0.0.1:{self.port}"]
        environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, cwd=BACKEND, env=environment, stderr=log)
        self.logged("Booting worker")

    def send(self, lines: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port), timeout=SECONDS) as connection:
            connection.sendall(lines.encode() + b"\r\n\r\n")
            connection.settimeout(SECONDS)
            return connection.recv(1000)

    def logged(self, text: str) -> str:
        """The whole log, as soon as this is in it."""
        deadline = time.monotonic() + SECONDS
        while text not in (log := self.log.read_text()):
            assert time.monotonic() < deadline, log
            time.sleep(0.1)
        return log


@pytest.fixture(params=(CURRENT, LEGACY), ids=lambda runtime: runtime.name)
def gunicorn(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gunicorn]:
    try:
        request.param.build()
    except InterpreterMissingError as missing:
        pytest.skip(str(missing))
    server = Gunicorn(request.param, tmp_path)
    yield server
    server.process.terminate()
    server.process.wait(timeout=SECONDS)


def test_a_request_that_gunicorn_quotes_is_masked(gunicorn: Gunicorn) -> None:
    gunicorn.send(f"GET /full/{PERSON}/?q=Gunnl%C3%B6%C3%B0 HTTP/1.1\r\nHost: x")
    gunicorn.send(f"GET / HTTP/1.1\r\nHost: x\r\n{PERSON} x: y")

    log = gunicorn.logged("Error handling request") + gunicorn.logged("Invalid")

    assert "/full/020280-****/?..." in log
    assert PERSON not in log
    assert "Gunnl" not in log


@pytest.mark.parametrize("encoding", ODD_ENCODINGS)
def test_without_nginx_in_front_an_odd_body_comes_to_the_old_runtime(
    gunicorn: Gunicorn, encoding: str
) -> None:
    """The application answers 500. That nginx lets none through is in `tests/host/test_limits.py`."""
    answer = gunicorn.send(f"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {encoding}\r\n\r\n0")

    assert answer.split()[1] in ([b"500"] if gunicorn.runtime is LEGACY else [b"400", b"501"])
