"""`fab restore`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fabric import task
from invoke.context import Context

from deploy.backup import backups, moments, offline_key, revocations
from deploy.backup import exchange as exchanges
from deploy.backup import restore as restores
from deploy.backup.archive import Archive, Manifest
from deploy.backup.moments import Source
from deploy.backup.opened import opened, opened_file
from deploy.release import folders, migrations
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.remote.service import verify
from deploy.remote.steps import Steps
from deploy.tasks.context import begin, confirm, provisions, require_confirmable, role_of

RESTORING = ("restore", "restore the uploaded files", "compare")
"""The steps of the restore of an archive, beside the live database."""


@task(
    help={
        "name": "which backup (default: the newest)",
        "file": "a backup that is a file of this machine, instead of one on the host",
        "identity": "the file with the offline key",
        "to": "instead of a backup: the moment to go back to ('2026-11-30 14:03:00', UTC), or `latest`",
        "copies": "with --to: from the copies in the bucket, even if the host has what is needed",
        "live": "into the live database",
        "yes": "do not ask",
        "without-backup": "even if what is live cannot be backed up before",
        "newer": "even a backup of a newer release than the one that serves",
        "dry-run": "check the backup and say what would be done",
        "json": "one JSON object per step",
    }
)
@provisions
def restore(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context,
    name: str | None = None,
    file: str | None = None,
    identity: str | None = None,
    to: str | None = None,
    copies: bool = False,
    live: bool = False,
    yes: bool = False,
    without_backup: bool = False,
    newer: bool = False,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Restore a backup or a moment, into a scratch database or, with --live, in the live one's place."""
    stack, steps = begin(context, as_json=json)
    moments.require_alone(to, name or file, copies=copies)
    if live and not dry_run:
        require_confirmable(yes=yes)
    with connected(stack, role_of(restore)) as host, deploy_lock(host, "restore"):
        if not dry_run:
            exchanges.finish_interrupted(host, steps)
        with _source(host, name, file, to, identity, steps, copies=copies) as source:
            if dry_run:
                _plan(source.steps, steps, live=live)
                return
            if live:
                confirm(f"Replace the live database of {stack.linode.address} by {source.name}?", yes=yes)
                _keep_what_is_live(host, steps, without_backup=without_backup)
            source.restore()
        if live:
            _go_live(host, steps, newer=newer)


@contextmanager
def _source(  # noqa: PLR0913, PLR0917 (the options of a command)
    host: Host,
    name: str | None,
    file: str | None,
    to: str | None,
    identity: str | None,
    steps: Steps,
    *,
    copies: bool,
) -> Iterator[Source]:
    """What is restored: a moment, or an archive that was checked as a whole."""
    if to is not None:
        with moments.source(
            host, to, lambda: offline_key.load(host.stack, identity), steps, copies=copies
        ) as found:
            yield found
        return
    identities = offline_key.load(host.stack, identity)
    if file:
        opening = opened_file(Path(file).expanduser(), identities, steps)
    else:
        opening = opened(host, backups.listed(host).choose(name).name, identities, steps)
    with opening as (archive, manifest):
        yield Source(archive.name, lambda: _restore_beside(host, archive, manifest, steps), RESTORING)


def _plan(restoring: tuple[str, ...], steps: Steps, *, live: bool) -> None:
    titles = [*restoring]
    if live:
        titles = ["backup of what is live", *titles, "migrate", "revoke again", "exchange", "verify"]
    for title in titles:
        with steps.step(title) as outcome:
            outcome.planned()
    steps.finish("nothing was changed")


def _keep_what_is_live(host: Host, steps: Steps, *, without_backup: bool) -> None:
    """Back it up. If it is damaged or gone that fails, and a person decides to go on without."""
    with steps.step("backup of what is live") as outcome:
        try:
            outcome.changed(backups.back_up(host, "restore"))
            return
        except RemoteError as error:
            outcome.warn(f"what is live cannot be saved: {error.message}")
            reason = error.message
    if not without_backup and not sys.stdin.isatty():
        raise DeployError(
            f"what is live cannot be saved ({reason}); `--without-backup` restores all the same, and sets it"
            f" aside as {exchanges.LIVE_BEFORE}"
        )
    confirm(f"Set it aside as {exchanges.LIVE_BEFORE}, and go on without a backup of it?", yes=without_backup)


def _require_not_newer(host: Host, serving: str, *, newer: bool) -> None:
    """Raise DeployError for a database that the release that serves does not know, unless with `newer`."""
    unknown = migrations.plan(host, serving, database=exchanges.RESTORED).unknown
    if unknown and not newer:
        raise DeployError(
            f"the backup is newer than {serving}, which does not know {', '.join(unknown)}: deploy what made"
            " it first, or go on with `--newer`; nothing that is live was changed"
        )


def _restore_beside(host: Host, archive: Archive, manifest: Manifest, steps: Steps) -> None:
    with steps.step("restore") as outcome:
        restores.restore_database(host, archive, exchanges.SCRATCH)
        outcome.changed(f"into the database {exchanges.SCRATCH}")
    with steps.step("restore the uploaded files") as outcome:
        restores.restore_media(host, archive, exchanges.SCRATCH_MEDIA)
        outcome.changed(f"into {exchanges.SCRATCH_MEDIA}")
    with steps.step("compare") as outcome:
        outcome.note(restores.compare(host, manifest, exchanges.SCRATCH))


def _go_live(host: Host, steps: Steps, *, newer: bool = False) -> None:
    serving = folders.serving(host)
    if serving:
        _require_not_newer(host, serving, newer=newer)
        with steps.step("migrate") as outcome:
            if applied := restores.bring_up_to_date(host, exchanges.RESTORED):
                outcome.changed(", ".join(applied))
    with steps.step("revoke again") as outcome:
        if serving:
            outcome.changed("; ".join(revocations.revoke_again(host)))
        else:
            revocations.close_accounts(host)
            outcome.changed("no release serves: after a deploy, `fab manage -- confirm_staff` lets staff in")
    with steps.step("exchange") as outcome:
        exchanges.exchange(host)
        outcome.changed(f"what was live stays: {exchanges.LIVE_BEFORE} and {exchanges.MEDIA_BEFORE}")
    if serving:
        with steps.step("verify"):
            verify(host, serving)
