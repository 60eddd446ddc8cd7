"""A moment as what is restored: from the host's repository if it leads back so far, else from the copies."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from deploy.backup import copies as copied
from deploy.backup import exchange as exchanges
from deploy.backup import recovery
from deploy.backup.archive import Manifest
from deploy.backup.offline_key import Identities
from deploy.backup.recovery import LATEST, Repository
from deploy.backup.restore import compare
from deploy.remote import database, layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import guarded
from deploy.remote.steps import Steps

INFO = f"{database.AS_POSTGRES} pgbackrest --stanza={layout.STANZA} --output=json info"
CLUSTER = f"echo 'SELECT system_identifier FROM pg_control_system()' | {database.PSQL}"  # noqa: S608  # nosec B608


@dataclass(frozen=True)
class Source:
    """What is restored: its name, how it is restored beside the live database, and in which steps."""

    name: str
    restore: Callable[[], None]
    steps: tuple[str, ...]


def require_alone(to: str | None, other: str | None, *, copies: bool) -> None:
    """Raise DeployError if a moment is asked for together with a backup, or copies without a moment."""
    if to is not None and other:
        raise DeployError("--to goes with neither --name nor --file: say which of them is to be restored")
    if copies and to is None:
        raise DeployError("--copies goes with --to; `--file` restores a copied backup")
    if to is not None:
        recovery.parse_moment(to)


@contextmanager
def source(
    host: Host, to: str, keys: Callable[[], Identities], steps: Steps, *, copies: bool
) -> Iterator[Source]:
    """The moment, ready to be restored. Uploaded files stay as they are."""
    moment = recovery.parse_moment(to)
    name = LATEST if moment is None else f"{moment:%Y-%m-%d %H:%M:%S} UTC"
    titles = ("recover", "restore", "compare")
    with recovery.cleared(host):
        if moment and not copies and _is_kept(host, moment, steps):
            yield Source(name, lambda: _from_host(host, moment, steps), ("hand the log over", *titles))
            return
        with copied.in_bucket(host.stack.copy_bucket, keys()) as found:
            base = _base(host, found, moment, steps)
            restore = partial(_from_copies, host, found, base, moment, steps)
            yield Source(name, restore, ("lay the repository out", *titles))


def recover_copies(host: Host, identities: Identities, scratch: str, steps: Steps) -> Manifest:
    """Recover the newest of what is in the bucket, as far as it leads, into a database of that name."""
    with recovery.cleared(host), copied.in_bucket(host.stack.copy_bucket, identities) as found:
        base = _base(host, found, datetime.now(UTC), steps)
        return _recovered(host, _laid_out(host, found, base, None, steps), None, scratch, steps)


def _from_host(host: Host, moment: datetime, steps: Steps) -> None:
    with steps.step("hand the log over") as outcome:
        recovery.complete_log(host)
        outcome.changed()
    _beside(host, Repository(), moment, steps)


def _from_copies(
    host: Host, found: copied.Copies, base: copied.Base, moment: datetime | None, steps: Steps
) -> None:
    _beside(host, _laid_out(host, found, base, moment, steps), moment, steps)


def _base(host: Host, found: copied.Copies, moment: datetime | None, steps: Steps) -> copied.Base:
    with steps.step("look through the copies") as outcome:
        own = host.run(CLUSTER, what="number of the database cluster", root=True).stdout.strip()
        base = found.base_before(moment, but=own)
        outcome.note(f"from the base backup of {base.complete:%Y-%m-%d %H:%M:%S} UTC, cluster {base.cluster}")
        return base


def _laid_out(
    host: Host, found: copied.Copies, base: copied.Base, moment: datetime | None, steps: Steps
) -> Repository:
    with steps.step("lay the repository out") as outcome:
        size = recovery.lay_out(host, found.content(base, moment))
        outcome.changed(f"{size / 1024**2:,.1f} MiB")
    return Repository(recovery.LAID_OUT, base.label)


def _beside(host: Host, repository: Repository, moment: datetime | None, steps: Steps) -> None:
    """Into the database that is exchanged for the live one. No uploaded files are."""
    remove = f"rm -rf {exchanges.SCRATCH_MEDIA}"
    host.run(guarded(remove), what="removal of files of an earlier restore", root=True)
    _recovered(host, repository, moment, exchanges.SCRATCH, steps)


def _recovered(
    host: Host, repository: Repository, moment: datetime | None, scratch: str, steps: Steps
) -> Manifest:
    with steps.step("recover") as outcome:
        outcome.changed(recovery.recover(host, repository, moment))
    with steps.step("restore") as outcome:
        manifest = recovery.take_over(host, scratch)
        outcome.changed(f"into the database {scratch}")
    with steps.step("compare") as outcome:
        outcome.note(compare(host, manifest, scratch))
    return manifest


def _is_kept(host: Host, moment: datetime, steps: Steps) -> bool:
    """Whether the repository on the host has a base backup from before the moment."""
    with steps.step("look through what the host keeps") as outcome:
        told = json.loads(host.run(INFO, what="the host's base backups", root=True).stdout)
        stops = [each["timestamp"]["stop"] for stanza in told for each in stanza.get("backup", [])]
        before = [stop for stop in stops if datetime.fromtimestamp(stop, UTC) <= moment]
        outcome.note(_found(before))
    return bool(before)


def _found(stops: list[int]) -> str:
    if not stops:
        return "no base backup from before that moment"
    return f"from the base backup of {datetime.fromtimestamp(max(stops), UTC):%Y-%m-%d %H:%M:%S} UTC"
