"""The stand-in for Kenni.is on a free port, with one client and two test persons."""

from __future__ import annotations

import json
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "local" / "node" / "kenni.mjs"
START_LIMIT = 30.0
"""Seconds until it is up on a machine under load."""


@dataclass(frozen=True)
class Kenni:
    """A running stand-in, and the data that its client has."""

    issuer: str
    client_id: str
    client_secret: str
    redirect_uri: str
    person: dict[str, str]


def _settings(folder: Path) -> dict[str, object]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    secret = folder / "client-secret"
    secret.write_text("a-secret-of-the-tests\n")
    secret.chmod(0o600)
    return {
        "issuerUrl": f"http://127.0.0.1:{port}",
        "clientId": "@test/portal",
        "clientSecretFile": str(secret),
        "redirectUri": "http://127.0.0.1:1/callback",
        "persons": [
            {"nationalId": "0101303019", "name": "Gervimaður Afríka", "email": "afrika@example.is"},
            {"nationalId": "0101302989", "name": "Gervimaður <b>Ameríka</b>"},
        ],
    }


def _await_answer(url: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx.get(url).raise_for_status()
            return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the stand-in for Kenni.is did not start (exit status {process.poll()})")


@pytest.fixture(scope="session")
def kenni(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kenni]:
    settings = _settings(tmp_path_factory.mktemp("kenni"))
    path = Path(str(settings["clientSecretFile"])).with_name("settings.json")
    path.write_text(json.dumps(settings))
    with subprocess.Popen(["node", str(PROGRAM), str(path)], stdout=subprocess.DEVNULL, text=True) as process:
        try:
            issuer = str(settings["issuerUrl"])
            _await_answer(f"{issuer}/.well-known/openid-configuration", process)
            person = settings["persons"][0]  # type: ignore[index]
            yield Kenni(
                issuer, "@test/portal", "a-secret-of-the-tests", "http://127.0.0.1:1/callback", person
            )
        finally:
            process.terminate()
            assert process.wait(timeout=10) == 0, "it ends cleanly when asked to"
