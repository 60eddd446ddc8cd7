"""Debian's packages: tools for the container and the firewall, a browser, a database server for tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from local.steps import Say
from local.toolchain.tool import Tool, ToolMissingError, run_logged

PACKAGES = {
    "chromium": "chromium",
    "debootstrap": "debootstrap",
    "git": "git",
    "iproute2": "ip",
    "nftables": "nft",
    "openssh-client": "ssh",
    "pebble": "pebble",
    "postgresql": "/usr/lib/postgresql/*/bin/initdb",
    "shellcheck": "shellcheck",
    "socat": "socat",
    "systemd-container": "systemd-nspawn",
}
"""Package → an executable of it: a name on the PATH, or a pattern of full paths."""


def find() -> str | None:
    """How many there are, if every package's executable is there."""
    return None if missing() else f"all {len(PACKAGES)} there"


def missing() -> list[str]:
    """The packages whose executable is not there."""
    return [package for package, executable in PACKAGES.items() if not any(_executables(executable))]


def install(say: Say) -> str:
    """Install the missing packages with apt, as root or with sudo, without starting any service."""
    packages = missing()
    if not shutil.which("apt-get"):
        raise ToolMissingError(f"this is no Debian; install by hand: {' '.join(packages)}")
    say(f"apt-get install {' '.join(packages)}")
    # RUNLEVEL=1 prevents a package's service (PostgreSQL's) from starting on the user's machine.
    quiet = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1", "apt-get"]
    run_logged("apt-update", [*as_root(), *quiet, "update"])
    run_logged("apt", [*as_root(), *quiet, "install", "--yes", "--no-install-recommends", *packages])
    return f"installed {' '.join(packages)}"


def as_root() -> list[str]:
    """The prefix of a command that needs root. Raises ToolMissingError without root and sudo."""
    if os.geteuid() == 0:
        return []
    if not shutil.which("sudo"):
        raise ToolMissingError("needs root: run as root, or install sudo")
    return ["sudo"]


def _executables(executable: str) -> Iterator[Path]:
    if executable.startswith("/"):
        yield from Path("/").glob(executable[1:])
    elif found := shutil.which(executable):
        yield Path(found)


TOOL = Tool("system packages", "container, firewall, browser, SSH, database server", find, install)
