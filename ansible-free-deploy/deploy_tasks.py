"""Tasks about what runs on the host: deploying it, going back, looking at it, its backups."""

from __future__ import annotations

import json as json_format
import sys

import backup as backups
import inspection
import release_folder
from deploy import deploy as deploy_release
from deploy import roll_back
from django_manage import manage_stream
from errors import DeployError
from fabric import task
from host import connected
from invoke.context import Context
from lock import deploy_lock
from lock import unlock as take_lock_away
from service import restart as restart_service
from service import verify
from smoke import run_smoke
from task_context import begin

JSON_HELP = {"json": "for machines"}


@task(
    help={
        "json": "one JSON object per step",
        "dry-run": "say what would be done",
        "force": "even if it serves",
    }
)
def deploy(context: Context, json: bool = False, dry_run: bool = False, force: bool = False) -> None:
    """Make what linode/ holds serve; where that fails, what served before serves."""
    stack, steps = begin(context, as_json=json)
    steps.finish(deploy_release(stack, steps, dry_run=dry_run, force=force))


@task(help={"release": "its name (default: the good one before)", **JSON_HELP})
def rollback(context: Context, release: str | None = None, json: bool = False) -> None:
    """Make the release before, or one by name, serve again."""
    stack, steps = begin(context, as_json=json)
    steps.finish(roll_back(stack, steps, release))


@task(help=JSON_HELP)
def releases(context: Context, json: bool = False) -> None:
    """List the releases on the host."""
    stack, _ = begin(context)
    with connected(stack) as host:
        rows = inspection.releases(host)
    print(json_format.dumps(rows)) if json else inspection.show_releases(rows)


@task(help=JSON_HELP)
def status(context: Context, json: bool = False) -> None:
    """Show the state of the host on one screen."""
    stack, _ = begin(context)
    with connected(stack) as host:
        rows = inspection.status(host)
    print(json_format.dumps(rows)) if json else inspection.show(stack.linode.address, rows)


@task(help={"unit": "whose log", "lines": "how many", "follow": "go on as lines come"})
def logs(context: Context, unit: str = "gunicorn", lines: int = 100, follow: bool = False) -> None:
    """Show a unit's log."""
    stack, _ = begin(context)
    with connected(stack) as host:
        _end_with(inspection.follow_logs(host, unit, lines, follow=follow))


@task(help=JSON_HELP)
def restart(context: Context, json: bool = False) -> None:
    """Restart the site without losing a request."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, deploy_lock(host, "restart"):
        serving = release_folder.serving(host)
        if not serving:
            raise DeployError("nothing is deployed")
        with steps.step("restart") as outcome:
            restart_service(host)
            outcome.changed()
        with steps.step("verify"):
            verify(host, serving)


@task
def unlock(context: Context) -> None:
    """Take the deploy lock away from whoever holds it."""
    stack, steps = begin(context)
    with connected(stack) as host, steps.step("unlock") as outcome:
        former = take_lock_away(host)
        outcome.changed(f"it was held by {former}") if former else outcome.note("it was free")


@task(help=JSON_HELP)
def backup(context: Context, json: bool = False) -> None:
    """Dump the database on the host, with a checksum."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, steps.step("backup") as outcome:
        outcome.changed(backups.back_up(host, "manual"))


@task(
    help={"name": "which backup (default: the newest)", "live": "into the live database", "yes": "do not ask"}
)
def restore(context: Context, name: str | None = None, live: bool = False, yes: bool = False) -> None:
    """Restore a backup, into a scratch database or, with --live, in the live one's place."""
    stack, steps = begin(context)
    with connected(stack) as host, deploy_lock(host, "restore"):
        chosen = backups.choose(backups.names(host), name)
        with steps.step("check the backup") as outcome:
            backups.check(host, chosen)
            outcome.note(chosen)
        if not live:
            with steps.step("restore") as outcome:
                outcome.changed(f"into the database {backups.restore_scratch(host, chosen)}")
            return
        _confirm(f"Replace the live database of {stack.linode.address} by {chosen}?", yes=yes)
        with steps.step("backup of what is live") as outcome:
            outcome.changed(backups.back_up(host, "restore"))
        with steps.step("restore") as outcome:
            backups.restore_live(host, chosen)
            outcome.changed("into the live database")
        with steps.step("verify"):
            backups.verify_after_restore(host, release_folder.serving(host))


@task(help={"command": "the command with its arguments, e.g. 'showmigrations sync'"})
def manage(context: Context, command: str) -> None:
    """Run a management command of the serving release; standard input is passed through."""
    stack, _ = begin(context)
    with connected(stack) as host:
        _end_with(manage_stream(host, command))


@task
def smoke(context: Context) -> None:
    """Check the host from outside and inside, without changing anything (tests/smoke)."""
    stack, _ = begin(context)
    _end_with(run_smoke(stack))


def _confirm(question: str, *, yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise DeployError("no terminal to ask on; `--yes` answers beforehand")
    if input(f"{question} Type yes: ") != "yes":
        raise DeployError("not confirmed; nothing was changed")


def _end_with(status: int) -> None:
    if status:
        raise DeployError(f"exit status {status}", status)
