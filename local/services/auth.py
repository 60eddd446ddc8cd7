"""Google's Firebase Authentication emulator, with the world's accounts."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

from local.services.auth_settings import ADMIN, put_declared_settings
from local.services.emulator_keeper import keep
from local.services.emulator_tools import ToolMissingError
from local.services.readiness import restored_mark
from local.services.server import world_of_arguments
from local.whole_file import PRIVATE_MODE, write_whole
from local.world import ROOT, World

SCRIPT = ROOT / "local" / "node" / "auth_emulator.mjs"
SAVE_SECONDS = 60.0


class AuthEmulator:
    """The emulator of one world; its accounts are in `auth-data/accounts.json` in the world's folder."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._accounts = world.state / "auth-data" / "accounts.json"

    def command(self) -> Sequence[str]:
        """The command that starts the emulator alone, without the rest of the Firebase CLI."""
        node = shutil.which("node")
        if node is None:
            raise ToolMissingError("Node.js is not installed; install Node.js 20 or newer")
        world = self._world
        return [node, str(SCRIPT), world.address, str(world.ports["auth"]), world.project]

    def environment(self) -> Mapping[str, str] | None:
        """None: the environment of this process."""
        return None

    def after_start(self) -> None:
        """Give it the declared settings and the saved accounts; accounts that are there already stay."""
        httpx.get(self._world.url("auth"))
        put_declared_settings(self._world)
        users = json.loads(self._accounts.read_text()) if self._accounts.exists() else []
        # The emulator refuses a request without users.
        if users:
            answer = httpx.post(
                self._url("accounts:batchCreate"), json={"users": users}, headers=ADMIN, timeout=SAVE_SECONDS
            )
            answer.raise_for_status()

    def save(self) -> None:
        """Save all accounts, with their claims."""
        users: list[dict[str, Any]] = []
        page: str | None = ""
        while page is not None:
            parameters = {"maxResults": "1000", **({"nextPageToken": page} if page else {})}
            answer = httpx.get(
                self._url("accounts:batchGet"), params=parameters, headers=ADMIN, timeout=SAVE_SECONDS
            )
            answer.raise_for_status()
            users += answer.json().get("users", [])
            page = answer.json().get("nextPageToken") or None
        self._accounts.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_whole(self._accounts, json.dumps(users), PRIVATE_MODE)

    def _url(self, action: str) -> str:
        base = f"{self._world.url('auth')}/identitytoolkit.googleapis.com/v1/projects"
        return f"{base}/{self._world.project}/{action}"


if __name__ == "__main__":
    own_world = world_of_arguments()
    keep(AuthEmulator(own_world), restored_mark(own_world, "auth"))
