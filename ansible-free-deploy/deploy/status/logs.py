"""A unit's log, on this terminal."""

from __future__ import annotations

import re

from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.verbs import stream, vocabulary


def follow_logs(host: Host, unit: str, lines: str, *, follow: bool) -> int:
    """Show the last so many lines of a unit's log on this terminal; the exit status."""
    if not re.fullmatch(vocabulary()["kinds"]["unit"], unit, re.ASCII):
        raise DeployError(f"{unit!r} is no name of a unit")
    if not re.fullmatch(vocabulary()["kinds"]["count"], lines, re.ASCII):
        raise DeployError(f"{lines!r} is no number of lines")
    return stream(host, "logs", {"unit": unit, "lines": lines, "follow": follow})
