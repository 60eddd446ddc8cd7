"""The flow of a deploy and of a rollback.

Nothing that serves is touched before the switch, so a failure there leaves the old release as it was. After
the switch, a failure leads back to the old release without further action. The last migrations run once the
new release is verified: the old one would miss what they take away, so from then on nothing leads back. If
the client dies in between, the next deploy repairs what it left.
"""

from __future__ import annotations

from dataclasses import dataclass

from deploy.backup.backups import back_up
from deploy.backup.exchange import finish_interrupted
from deploy.release import folders, handover, journal, migrations, newer, owed
from deploy.release.activation import activate, recover, release_before, tidy_up
from deploy.release.archive import Archive, make_archive
from deploy.release.contraction import contract, refuse_across_contraction
from deploy.release.environment import ensure_environment, mend_environment
from deploy.release.linter import read_argued
from deploy.release.migrations import Plan
from deploy.release.name import check_name
from deploy.release.plan import serves_already, show_plan
from deploy.release.preflight import NoRoomError, check
from deploy.release.revision import Revision, read_revision, require_committed
from deploy.release.room import make_room, remove_releases
from deploy.remote import previous_site
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.host import Host
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.remote.manage import SERVING, TAKE_TOKENS, manage
from deploy.remote.service import try_out, verify
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps
from deploy.remote.verbs import ask

STEPS = (
    "check",
    "backup",
    "upload",
    "Python environment",
    "static files",
    "migrate",
    "tokens of the functions",
    "trial",
    "switch",
    "clear bytecode",
    "restart",
    "verify",
    "migrate after the switch",
    "remove old releases",
)
"""The steps of a deploy that has something to do, in order."""


def deploy(  # noqa: PLR0913 (the options of a command)
    stack: Stack,
    steps: Steps,
    *,
    dry_run: bool = False,
    force: bool = False,
    force_migrations: bool = False,
    allow_dirty: bool = False,
    force_older: bool = False,
) -> str:
    """Deploy what `linode/` holds; what was done, in words.

    `force` deploys even if it serves already, `force_migrations` whatever the linter says, `allow_dirty`
    even if no commit holds it, and `force_older` even code that lags behind what serves or the database.
    """
    archive = make_archive()
    # Read after the archive, so that an edit meanwhile is noticed.
    revision = read_revision()
    # A host on which nothing need be committed is there to try things out, in any order.
    refuses_older = not force_older and not stack.linode.allow_dirty
    with connected(stack) as host:
        with steps.step("check") as outcome:
            source = require_committed(revision, allow_dirty=allow_dirty or stack.linode.allow_dirty)
            outcome.note(f"{_checked(host, archive, steps, makes_room=not dry_run)}, {source}")
            if refuses_older:
                newer.refuse_older(host, folders.serving(host), revision)
        if dry_run:
            return show_plan(host, archive, steps, STEPS[1:], force_migrations=force_migrations)
        with deploy_lock(host, "deploy"):
            recover(host, steps)
            serving = folders.serving(host)
            if refuses_older:
                # Somebody may have deployed since the check.
                newer.refuse_older(host, serving, revision)
            if serving and serves_already(host, serving, archive) and not force:
                return _leave(host, serving, steps)
            wishes = Wishes(force_migrations=force_migrations, force_older=force_older)
            release, pending = _prepare(host, archive, revision, steps, wishes)
            activate(host, release, "deploy", steps)
            contract(host, release, pending.after, steps)
            old = folders.removable(folders.names(host), {release, serving})
            remove_releases(host, old, steps)
            return f"{release} serves"


def _checked(host: Host, archive: Archive, steps: Steps, *, makes_room: bool) -> str:
    """Check the host; if a disk of it is full, make room once if that is allowed, and check it again."""
    try:
        return check(host, len(archive.content))
    except NoRoomError as error:
        if not makes_room:
            raise
        steps.warn("check", error.message)
    with deploy_lock(host, "making room"):
        make_room(host, steps)
    return check(host, len(archive.content))


def roll_back(stack: Stack, steps: Steps, wanted: str | None = None, *, force: bool = False) -> str:
    """Go back to the release before, or to one by name. Migrations stay as they are.

    After an interrupted deploy the release before is the one that the deploy was about to replace. A Python
    environment that is missing or broken is made first. Raises DeployError if a migration that ran after a
    switch may have taken away what that release needs, unless `force` is set.
    """
    if wanted is not None:
        check_name(wanted)
    with connected(stack) as host, deploy_lock(host, "rollback"):
        release = _to_go_back_to(host, wanted, steps)
        if not force:
            refuse_across_contraction(host, release)
        with steps.step("Python environment") as outcome:
            if mend_environment(host, release):
                outcome.changed()
        activate(host, release, "rollback", steps)
        tidy_up(host, steps)
        return f"{release} serves"


def _to_go_back_to(host: Host, wanted: str | None, steps: Steps) -> str:
    """The release that a rollback makes serve. Raises DeployError if the host does not have it."""
    finish_interrupted(host, steps)
    unfinished = journal.unfinished_switch(host)
    if not wanted and not (unfinished and unfinished[0]):
        recover(host, steps)
    release = wanted or (unfinished and unfinished[0]) or release_before(host)
    if release not in folders.names(host):
        raise DeployError(f"there is no complete release {release} on the host")
    return release


def _leave(host: Host, serving: str, steps: Steps) -> str:
    """Nothing has to be deployed, but migrations may be owed: one failed, or a backup was restored."""
    with steps.step("verify"):
        verify(host, serving)
    journal.go_on(host, serving, steps)
    owed.apply(host, serving, migrations.plan(host, SERVING), steps)
    return f"nothing to deploy: {serving} serves"


@dataclass(frozen=True)
class Wishes:
    """What a person has decided to do all the same."""

    force_migrations: bool
    force_older: bool


def _prepare(
    host: Host, archive: Archive, revision: Revision, steps: Steps, wishes: Wishes
) -> tuple[str, Plan]:
    """Do everything up to the switch; the release, and what was pending before it."""
    release = archive.release_name()
    unsaved = _back_up(host, steps)
    try:
        with steps.step("upload") as outcome:
            folders.upload(host, archive, release, str(revision))
            outcome.changed(f"{len(archive.content) / 1024:.0f} KiB as {release}")
        with steps.step("Python environment") as outcome:
            if ensure_environment(host, release):
                outcome.changed()
        return release, _django_steps(host, release, steps, wishes, unsaved)
    except DeployError:
        if previous_site.serves(host):
            handover.give_back(host, steps)
        _forget(host, release, steps)
        raise


def _forget(host: Host, release: str, steps: Steps) -> None:
    """Remove a release that will not serve. The failure that led here is what is told."""
    try:
        folders.remove(host, release)
    except RemoteError as error:
        steps.warn("remove the release", error.message)


def _back_up(host: Host, steps: Steps) -> str:
    """Back up; why that failed, if it did: code that mends it may be what is deployed."""
    with steps.step("backup") as outcome:
        try:
            outcome.changed(back_up(host, "deploy"))
        except RemoteError as error:
            outcome.warn(f"{error.message}; no migration will run")
            return error.message
    return ""


def _django_steps(host: Host, release: str, steps: Steps, wishes: Wishes, unsaved: str) -> Plan:
    """Everything that the release's own Django does. `unsaved`: why there is no backup, if there is none."""
    with steps.step("static files"):
        ask(host, "collect-static", {"release": release}, what="manage.py collectstatic")
    handover.copy_register(host, steps)
    with steps.step("migrate") as outcome:
        pending = migrations.plan(host, release)
        migrations.check(pending, read_argued(), force=wishes.force_migrations)
        if not wishes.force_older:
            newer.refuse_behind(host, folders.serving(host), pending)
        if unsaved and pending.names():
            raise DeployError(f"{pending.names()} will not run without a backup, which failed: {unsaved}")
        if pending.before:
            migrations.apply_before(host, release)
            outcome.changed(migrations.names(pending.before))
    with steps.step("tokens of the functions"):
        manage(host, TAKE_TOKENS, release=release)
    with steps.step("trial"):
        try_out(host, release)
    return pending
