"""The migrations that the serving release still lacks.

One is owed after it failed in a deploy, or because a backup was restored that is older than the release.
`fab migrate` applies them, and so does a deploy that has nothing else to do.
"""

from __future__ import annotations

from deploy.backup.backups import back_up
from deploy.release import journal, migrations
from deploy.release.activation import recover
from deploy.release.contraction import contract
from deploy.release.folders import require_release
from deploy.release.migrations import Plan
from deploy.remote import layout
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.remote.manage import SERVING
from deploy.remote.service import verify
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

ACTION = "migrate"


def migrate(stack: Stack, steps: Steps, *, dry_run: bool = False, force_migrations: bool = False) -> str:
    """Judge and apply what is pending of the release that serves; what was done, in words.

    With `force_migrations` whatever the linter says. With `dry_run` nothing on the host changes, and the lock
    is not taken. Raises DeployError if the linter refuses a migration, if one fails, or if one is still
    pending afterwards.
    """
    with connected(stack) as host:
        if dry_run:
            serving = require_release(host)
            pending = _judged_plan(host, steps, force=force_migrations)
            return _show(pending, steps) if pending.names() else _nothing(serving)
        with deploy_lock(host, ACTION):
            recover(host, steps)
            serving = require_release(host)
            pending = _judged_plan(host, steps, force=force_migrations)
            if not pending.names():
                return _nothing(serving)
            with steps.step("backup") as outcome:
                outcome.changed(back_up(host, ACTION))
            apply(host, serving, pending, steps)
            _confirm(host, serving, pending, steps)
            return f"applied to {serving}: {pending.names()}"


def apply(host: Host, serving: str, pending: Plan, steps: Steps) -> None:
    """Apply those that run before a switch, then those that run after it, as a deploy does."""
    if pending.before:
        with steps.step("migrate") as outcome:
            _apply_before(host)
            outcome.changed(migrations.names(pending.before))
    contract(host, serving, pending.after, steps)


def _apply_before(host: Host) -> None:
    try:
        migrations.apply_before(host, SERVING)
    except DeployError as error:
        left = migrations.plan(host, SERVING).names()
        raise DeployError(f"{left} is still pending: {error.message}") from error


def _judged_plan(host: Host, steps: Steps, *, force: bool) -> Plan:
    """What is pending, once the linter has let it pass."""
    with steps.step("plan") as outcome:
        pending = migrations.plan(host, SERVING)
        outcome.note(pending.names() or "nothing is pending")
    if pending.names():
        with steps.step("lint") as outcome:
            # The release says itself what was looked into; the clone here may be of another time.
            outcome.note(migrations.check(pending, migrations.argued(host, layout.CURRENT), force=force))
    return pending


def _show(pending: Plan, steps: Steps) -> str:
    details = {
        "backup": "the database and the uploaded files, encrypted",
        "migrate": migrations.names(pending.before) or "nothing",
        "migrate after the switch": migrations.names(pending.after) or "nothing",
        "verify": "",
    }
    for name, detail in details.items():
        with steps.step(name) as outcome:
            outcome.planned(detail)
    return "nothing was changed"


def _confirm(host: Host, serving: str, applied: Plan, steps: Steps) -> None:
    """Ask again what is pending, and the site how it is: an exit status alone proves neither."""
    with steps.step("verify") as outcome:
        verify(host, serving)
        if left := migrations.plan(host, SERVING).names():
            raise DeployError(f"{left} is still pending, although manage.py reported no error; `fab logs`")
        outcome.note("nothing is pending")
    journal.record(host, ACTION, serving, applied.names())


def _nothing(serving: str) -> str:
    return f"nothing to migrate: {serving} serves"
