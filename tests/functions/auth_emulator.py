"""Firebase's own Auth emulator, for tests that follow a user's claims and sessions."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local.services.auth import SCRIPT
from tests.host.waiting import wait_until
from tests.linode.postgres import free_port

PROJECT = "demo-auth"
"""The only one in which it signs browsers in."""
STOP_SECONDS = 10
API_KEY = {"key": "any"}
"""The emulator asks for one and takes each."""


@contextmanager
def running_auth_emulator() -> Iterator[str]:
    """The emulator; HOST:PORT."""
    address = f"127.0.0.1:{(port := free_port())}"
    node = shutil.which("node")
    assert node
    process = subprocess.Popen([node, str(SCRIPT), "127.0.0.1", str(port), PROJECT])
    try:
        wait_until(lambda: _answers(address), "the Auth emulator answers")
        yield address
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _answers(address: str) -> bool:
    try:
        return httpx.get(f"http://{address}").status_code == 200
    except httpx.HTTPError:
        return False


class Browser:
    """Signs in with a custom token and keeps the session, as the portal's SDK does."""

    def __init__(self, address: str, custom_token: str) -> None:
        self._address = address
        url = f"http://{address}/identitytoolkit.googleapis.com/v1/accounts:signInWithCustomToken"
        answer = httpx.post(url, params=API_KEY, json={"token": custom_token, "returnSecureToken": True})
        answer.raise_for_status()
        self.id_token: str = answer.json()["idToken"]
        self._refresh_token: str = answer.json()["refreshToken"]

    def refresh(self) -> httpx.Response:
        """Ask for a new ID token, as the SDK does within the hour."""
        url = f"http://{self._address}/securetoken.googleapis.com/v1/token"
        form = {"grant_type": "refresh_token", "refresh_token": self._refresh_token}
        return httpx.post(url, params=API_KEY, data=form)

    def roles_after_refresh(self) -> list[str]:
        """The roles that the next ID token names."""
        answer = self.refresh()
        answer.raise_for_status()
        return list(said_by(answer.json()["id_token"])["roles"])


def said_by(id_token: str) -> dict[str, Any]:
    """The claims of an ID token, unchecked."""
    payload = id_token.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims
