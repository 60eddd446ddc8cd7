"""Gives the Auth emulator the sign-in settings that the program declares; `local/node/` enforces them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import httpx

from local.resource_store import ResourceStore
from local.world import World

CONFIGS = "identitytoolkit.configs"
ADMIN = {"Authorization": "Bearer owner"}
"""Firebase's emulators let whoever sends this do everything."""
ENFORCED = ("client", "signIn")
"""The parts of the settings that are given; a part that is not declared is open, as in a new project."""
SECONDS = 30.0


def put_declared_settings(world: World) -> None:
    """Send what the program declares for this world. Raises httpx.HTTPError."""
    record = ResourceStore(world).get(CONFIGS, f"projects/{world.project}/config")
    put_settings(world.url("auth"), world.project, record.resource if record else {})


def put_settings(emulator: str, project: str, settings: Mapping[str, Any]) -> None:
    """Send settings (Identity Platform's `Config`) to the emulator at this URL. Raises httpx.HTTPError."""
    answer = httpx.patch(
        f"{emulator}/identitytoolkit.googleapis.com/v2/projects/{project}/config",
        params={"updateMask": ",".join(ENFORCED)},
        json={part: settings.get(part, {}) for part in ENFORCED},
        headers=ADMIN,
        timeout=SECONDS,
    )
    answer.raise_for_status()
