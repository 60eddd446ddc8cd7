"""Files that somebody edited since they were provisioned: shown before they are replaced, and kept.

A file counts as edited if it is neither what the last provisioning wrote down (`digest.py`) nor what is
wanted now. A line that may hold a secret is shown without it.
"""

from __future__ import annotations

import difflib
import json
import re
import shlex
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256

from deploy.provision.operations import Operation
from deploy.remote import layout
from deploy.remote.errors import RemoteError
from deploy.remote.host import Host
from deploy.remote.steps import Steps

KEPT = "/var/lib/ekklesia/replaced"
SECRET = re.compile(r"((?:password|secret|token|key)[^=:\s]*\s*[=:]?\s*)\S+", re.IGNORECASE)


@dataclass(frozen=True)
class Edit:
    """A file that somebody edited: what is in it, and what it gets."""

    path: str
    present: str
    wanted: str

    def lines(self) -> Iterator[str]:
        """The difference as people read it."""
        present, wanted = self.present.splitlines(), self.wanted.splitlines()
        for line in difflib.unified_diff(present, wanted, n=1, lineterm=""):
            yield SECRET.sub(r"\1***", line)


def edits(host: Host, operations: Iterable[Operation]) -> list[Edit]:
    """The files of these operations that somebody edited since."""
    recorded = _recorded(host)
    wanted = {path: text for each in operations for path, text in each.contents.items() if path in recorded}
    if not wanted:
        return []
    sums = host.run(f"sha256sum -- {shlex.join(wanted)} 2>/dev/null || true", root=True).stdout
    rows = [line.split(maxsplit=1) for line in sums.splitlines()]
    edited = [path for found, path in rows if found not in {recorded[path], _sum(wanted[path])}]
    return [Edit(path, host.run(["cat", path], root=True).stdout, wanted[path]) for path in edited]


def show(found: list[Edit], steps: Steps) -> None:
    """Tell what differs, line by line."""
    for edit in found:
        steps.warn(edit.path, "somebody edited it")
        for line in list(edit.lines())[2:]:
            steps.warn(edit.path, line)


def keep(host: Host, found: list[Edit], steps: Steps) -> None:
    """Keep each file as it is. If that cannot be, it is a warning."""
    folder = f"{KEPT}/{datetime.now(UTC):%Y%m%dT%H%M%SZ}"
    copies = [
        f'mkdir -p "$(dirname {folder}{path})"; cp -a {path} {folder}{path}'
        for path in (shlex.quote(edit.path) for edit in found)
    ]
    with steps.step("keep edited files") as outcome:
        try:
            host.run("; ".join(["set -e; umask 077", *copies]), what="keeping edited files", root=True)
            outcome.changed(f"below {folder}")
        except RemoteError as error:
            # Provisioning may be what mends the disk that cannot be written.
            outcome.warn(f"they cannot be kept: {error.message}")


def _recorded(host: Host) -> dict[str, str]:
    """Path → checksum, of every file that was written down; none on a host that knows nothing of it."""
    try:
        told = json.loads(host.run(f"cat {layout.WRITTEN} 2>/dev/null || true", root=True).stdout)
        return {path: left["sha256"] for path, left in told.items() if "sha256" in left}
    except (ValueError, AttributeError, TypeError):
        return {}


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()
