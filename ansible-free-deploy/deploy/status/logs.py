"""A unit's log, on this terminal."""

from __future__ import annotations

import re

from deploy.remote.errors import DeployError
from deploy.remote.host import Host


def follow_logs(host: Host, unit: str, lines: str, *, follow: bool) -> int:
    """Show the last so many lines of a unit's log on this terminal; the exit status of journalctl."""
    if not unit.replace("-", "").replace(".", "").isalnum():
        raise DeployError(f"{unit!r} is no name of a unit")
    if not re.fullmatch("[0-9]+", lines):
        raise DeployError(f"{lines!r} is no number of lines")
    words = ["journalctl", "--no-pager", f"--lines={lines}", f"--unit={unit}", "--output=short-iso"]
    return host.stream([*words, *(["--follow"] if follow else [])], root=True)
