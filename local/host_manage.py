"""Runs Django's management commands on a world's host through `fab manage`, as in production."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

from local.world import ROOT, World, WorldError

FAB = Path(sys.executable).parent / "fab"
COUNT_MEMBERS = "from membership.models import Comrade; print(Comrade.objects.count())"


def manage(world: World, command: str, content: str = "") -> str:
    """Run `manage.py COMMAND` with `content` as standard input; return what it prints. Raises WorldError."""
    return fab(world, "manage", "--", *shlex.split(command), content=content)


def sync_status(world: World) -> dict[str, Any]:
    """The host's figures about its queue: pending, synced and failed rows. Raises WorldError."""
    return dict(json.loads(manage(world, "sync_status --json")))


def member_count(world: World) -> int:
    """The number of members in the register. Raises WorldError."""
    # A newer Django tells at each start of its shell what it has imported.
    return int(manage(world, "shell --verbosity 0", COUNT_MEMBERS))


def fab(world: World, *arguments: str, content: str = "") -> str:
    """Run a Fabric task on the world's host; return what it prints. Raises WorldError with its errors."""
    return run_fab(world, *arguments, content=content).stdout


def run_fab(world: World, *arguments: str, content: str = "") -> subprocess.CompletedProcess[str]:
    """The same, and the steps too, which Fabric's tasks write to their error output."""
    environment = {**os.environ, "FABRIC_STACK": world.name}
    done = subprocess.run(
        [FAB, *arguments],
        cwd=ROOT,
        env=environment,
        input=content,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        complaint = (done.stderr or done.stdout).strip().splitlines()
        raise WorldError(f"fab {arguments[0]}: {complaint[-1] if complaint else done.returncode}")
    return done
