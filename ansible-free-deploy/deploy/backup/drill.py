"""The restore drill: the newest backup is restored beside the live database, and the app is booted on it.

Then the same with what is recovered from the copies of PostgreSQL's log, if there are any.
"""

from __future__ import annotations

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ValidationError

from deploy.backup.archive import Archive, Manifest
from deploy.backup.moments import recover_copies
from deploy.backup.offline_key import Identities
from deploy.backup.restore import bring_up_to_date, compare, restore_database
from deploy.remote import database, layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.manage import Database, boot_on, manage
from deploy.remote.steps import Steps

DATABASE: Database = "drill"
SCRATCH = f"{layout.DATABASE}_{DATABASE}"
MEMBERS = "membership_comrade"
"""The table whose rows the app itself counts."""
UNKNOWN_TOKEN = 401
"""The API's answer to a token that it has looked for in the database; no token is at hand to be answered."""


class Drill(BaseModel):
    """How a drill went: `error` is empty if it went well."""

    at: str
    who: str
    backup: str
    error: str


def rehearse(host: Host, archive: Archive, manifest: Manifest, steps: Steps) -> str:
    """Restore a checked archive, boot the serving release on it and compare; what was seen, in words.

    The scratch database is removed at the end, whether it went well or not.
    """
    with _scratch(host):
        with steps.step("restore") as outcome:
            restore_database(host, archive, SCRATCH)
            outcome.changed(f"into the database {SCRATCH}")
        with steps.step("compare") as outcome:
            seen = compare(host, manifest, SCRATCH)
            outcome.note(seen)
        return f"{seen}; {_boot(host, manifest, steps)}"


def rehearse_recovery(host: Host, identities: Identities, steps: Steps) -> str:
    """Recover what the copies in the bucket lead to, and boot the serving release on it; what was seen."""
    with _scratch(host):
        manifest = recover_copies(host, identities, SCRATCH, steps)
        return f"recovered from the copies: {_boot(host, manifest, steps)}"


def record(host: Host, backup: str, error: str = "") -> None:
    """Write down how a drill went, for `fab status`."""
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    content = Drill(at=now, who=getpass.getuser(), backup=backup, error=error).model_dump_json()
    script = f"cat > {layout.DRILL}.new && mv {layout.DRILL}.new {layout.DRILL}"
    host.run(script, content=content, what="record of the drill")


def last(host: Host) -> Drill | None:
    """The last drill; None if there was none."""
    try:
        return Drill.model_validate_json(host.run(f"cat {layout.DRILL} 2>/dev/null || true").stdout)
    except ValidationError:
        return None


def _boot(host: Host, manifest: Manifest, steps: Steps) -> str:
    """Have the serving release answer on the restored database."""
    with steps.step("migrate") as outcome:
        if applied := bring_up_to_date(host, DATABASE):
            outcome.changed(", ".join(applied))
    with steps.step("check"):
        manage(host, ["check"], database=DATABASE)
    with steps.step("boot the app") as outcome:
        found = judge(json.loads(boot_on(host, DATABASE)), manifest.rows)
        outcome.note(found)
    return found


def judge(answer: dict[str, Any], rows: dict[str, int]) -> str:
    """What the app that was booted on a restored database answered, in words.

    Raises DeployError if it is not well, or sees another number of members than were backed up.
    """
    if answer["health"]["status"] != "ok" or answer["api_status"] != UNKNOWN_TOKEN:
        raise DeployError(f"the app does not answer well on the restored database: {answer}")
    # The first deploy makes its backup before there are any tables.
    if answer["members"] != rows.get(MEMBERS, 0):
        raise DeployError(f"the app sees {answer['members']} members, not {rows.get(MEMBERS, 0)}")
    return f"{answer['health']['release']} answers on it, with {answer['members']:,} members"


@contextmanager
def _scratch(host: Host) -> Iterator[None]:
    try:
        yield
    finally:
        drop = f"{database.AS_POSTGRES} dropdb --if-exists {SCRATCH}"
        host.run(guarded(drop), what="removal of the scratch database", root=True)
