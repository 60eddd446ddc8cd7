"""Google's Firestore emulator on a free port; every test has a project, and so a database, of its own."""

from __future__ import annotations

import socket
import subprocess
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from google.cloud import firestore

from local.services import emulator_tools

MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
START_SECONDS = 60.0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError(f"the Firestore emulator did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the emulator listens."""
    port = _free_port()
    log = tmp_path_factory.mktemp("firestore") / "log"
    command = [str(emulator_tools.java()), "-cp", str(emulator_tools.firestore_jar()), MAIN_CLASS]
    command += ["start", "--host", "127.0.0.1", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT)
    try:
        _wait_for(port, process, log)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture
def project(emulator: str, environment: pytest.MonkeyPatch) -> str:
    """A new project, to which the functions' own clients are pointed."""
    project = f"demo-{uuid.uuid4().hex[:12]}"
    environment.setenv("FIRESTORE_EMULATOR_HOST", emulator)
    environment.setenv("GCP_PROJECT", project)
    return project


@pytest.fixture
def client(project: str) -> Iterator[firestore.Client]:
    """The database of this test."""
    client = firestore.Client(project=project)
    yield client
    client.close()
