"""The Firestore emulator with the rules that production gets."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from local.services.emulator_tools import firestore_jar, java

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "infra" / "firestore.rules"
PROJECT = "demo-rules"
MAIN_CLASS = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
START_LIMIT = 60.0
"""Seconds until a machine under load has the emulator up."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_listening(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(f"http://{address}/")
            return
        except httpx.TransportError:
            time.sleep(0.2)
    pytest.fail(f"the Firestore emulator did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def firestore_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """`HOST:PORT` of an emulator that holds infra's rules, for this session alone."""
    port = _free_port()
    log = tmp_path_factory.mktemp("firestore") / "emulator.log"
    options = ["--host=127.0.0.1", f"--port={port}", f"--rules={RULES}", f"--project_id={PROJECT}"]
    command = [str(java()), "-cp", str(firestore_jar()), MAIN_CLASS, "start", *options]
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output) as process:
        try:
            _await_listening(f"127.0.0.1:{port}", process, log)
            yield f"127.0.0.1:{port}"
        finally:
            process.terminate()
