"""Files that somebody edited since they were provisioned: shown before they are replaced, and kept.

A file counts as edited if it is neither what the last provisioning wrote down (`digest.py`) nor what is
wanted now. A provisioning that ends half-way has written down nothing yet, so each announces what it is about
to write. A line that may hold a secret is shown without it.
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
from typing import Any

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
    edited = [path for found, path in rows if found not in recorded[path] | {_sum(wanted[path])}]
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


def announce(host: Host, operations: Iterable[Operation], steps: Steps) -> None:
    """Have the host remember what is about to be written, until `forget_announced`.

    A host that knows of no earlier provisioning needs that for nothing. If it cannot be, it is a warning.
    """
    known = _recorded(host)
    wanted = {path: _sum(text) for each in operations for path, text in each.contents.items()}
    if not known or all(text in known.get(path, ()) for path, text in wanted.items()):
        return
    content = json.dumps({path: sorted({text} | known.get(path, set())) for path, text in wanted.items()})
    path = shlex.quote(_announced())
    write = f"set -e; umask 077; cat > {path}.new; mv {path}.new {path}"
    try:
        host.run(write, what="announcing what is written", root=True, content=content)
    except RemoteError as error:
        # Provisioning may be what mends the disk that cannot be written.
        steps.warn("files", f"what is about to be written cannot be announced: {error.message}")


def forget_announced(host: Host) -> None:
    """All that was announced is written down by now."""
    host.run(f"rm -f {shlex.quote(_announced())}", what="end of the announcement", root=True)


def _announced() -> str:
    return f"{layout.WRITTEN}.announced"


def _recorded(host: Host) -> dict[str, set[str]]:
    """Path → the checksums that it may have, of every file that was written down or announced.

    None on a host that knows nothing of it.
    """
    known: dict[str, set[str]] = {}
    for path, left in _read(host, layout.WRITTEN).items():
        if isinstance(left, dict) and "sha256" in left:
            known.setdefault(path, set()).add(left["sha256"])
    for path, sums in _read(host, _announced()).items():
        known.setdefault(path, set()).update(sums)
    return known


def _read(host: Host, path: str) -> dict[str, Any]:
    """A JSON object on the host; empty if it is missing or damaged."""
    text = host.run(f"cat {shlex.quote(path)} 2>/dev/null || true", root=True).stdout
    try:
        told = json.loads(text)
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def _sum(text: str) -> str:
    return sha256(text.encode()).hexdigest()
