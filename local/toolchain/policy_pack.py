"""The environment of the policy pack, by its own lock file: Pulumi's policy SDK wants an older protobuf."""

from __future__ import annotations

import hashlib
import sys

from local.steps import Say
from local.toolchain.tool import Tool, run_logged, uv
from local.world import ROOT

FOLDER = ROOT / "infra" / "policies" / "pack"
"""What `pulumi preview --policy-pack` is given."""
STAMP = ".lock-file-hash"
"""A file in the environment with the hash of the lock file from which it was made."""


def find() -> str | None:
    """The environment's place, if it was made from the present lock file."""
    stamp = FOLDER / ".venv" / STAMP
    if not stamp.exists() or stamp.read_text() != _lock_hash():
        return None
    return f"environment in {FOLDER.relative_to(ROOT)}"


def install(say: Say) -> str:
    """Make the environment with uv, which keeps what it has fetched for all clones of this user."""
    say("fetching it from PyPI")
    command = [uv(), "sync", "--locked", "--project", str(FOLDER), "--python", sys.executable]
    run_logged("policy-pack", command, FOLDER)
    (FOLDER / ".venv" / STAMP).write_text(_lock_hash())
    return "installed its environment"


def _lock_hash() -> str:
    return hashlib.sha256((FOLDER / "uv.lock").read_bytes()).hexdigest()


TOOL = Tool("policy pack", "holds the Pulumi program to the project's policies", find, install)
