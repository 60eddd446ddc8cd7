"""`gcloud` at a world, with settings of its own. It reaches no other network."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

from local.google.real_provider import GCLOUD_OVERRIDES
from local.world import World

Gcloud = Callable[..., Any]
GCLOUD = shutil.which("gcloud")
NOWHERE = "http://127.0.0.1:9"
PATIENCE_SECONDS = 300
BY_PROXY = ("run", "functions")
"""They put the region before the host's name of Cloud Run, which leads nowhere but by a proxy."""


def gcloud_at(world: World, home: Path) -> Gcloud:
    """Runs gcloud; its answer is JSON. `home` is its home folder."""
    token = home / "token"
    token.write_text("owner")
    root = world.url("googleapis")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "CLOUDSDK_CONFIG": str(home / "config"),
        "CLOUDSDK_AUTH_ACCESS_TOKEN_FILE": str(token),
        "CLOUDSDK_CORE_PROJECT": world.project,
        "CLOUDSDK_CORE_DISABLE_PROMPTS": "1",
        "CLOUDSDK_CORE_DISABLE_USAGE_REPORTING": "1",
        "CLOUDSDK_COMPONENT_MANAGER_DISABLE_UPDATE_CHECK": "1",
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": world.address,
        **{
            f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{name.upper()}": f"{root}/{api}/"
            for name, api in GCLOUD_OVERRIDES.items()
        },
    }
    by_proxy = {"HTTP_PROXY": root, "NO_PROXY": ""}

    def run(*arguments: str, given: str = "", fails: bool = False) -> Any:
        done = subprocess.run(
            [str(GCLOUD), *arguments, "--format=json"],
            env=(environment | by_proxy) if arguments[0] in BY_PROXY else environment,
            input=given,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )
        assert (done.returncode != 0) == fails, f"gcloud {' '.join(arguments)}: {done.stderr}"
        return done.stderr if fails else json.loads(done.stdout or "null")

    return run
