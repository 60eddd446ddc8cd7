"""Tasks about what runs on the host: deploying it, going back, looking at it."""

from __future__ import annotations

import json as json_format

import inspection
from deploy import deploy as deploy_release
from deploy import roll_back
from errors import DeployError
from fabric import task
from host import connected
from host_findings import find_out
from host_report import report, warnings
from invoke.context import Context
from lock import deploy_lock
from lock import unlock as take_lock_away
from release_folder import require_release
from service import restart as restart_service
from service import verify
from smoke import run_smoke
from task_context import begin, end_with

JSON_HELP = {"json": "for machines"}


@task(
    help={
        "json": "one JSON object per step",
        "dry-run": "say what would be done",
        "force": "even if it serves",
        "force-migrations": "even those that would lock or break the site",
        "allow-dirty": "even what is not committed",
    }
)
def deploy(  # noqa: PLR0913, PLR0917 (the options of a command)
    context: Context,
    json: bool = False,
    dry_run: bool = False,
    force: bool = False,
    force_migrations: bool = False,
    allow_dirty: bool = False,
) -> None:
    """Make what linode/ holds serve; where that fails, what served before serves."""
    stack, steps = begin(context, as_json=json)
    wanted = {"force": force, "force_migrations": force_migrations, "allow_dirty": allow_dirty}
    steps.finish(deploy_release(stack, steps, dry_run=dry_run, **wanted))


@task(
    help={
        "release": "its name (default: the good one before)",
        "force": "even across a migration that took away what it may need",
        **JSON_HELP,
    }
)
def rollback(context: Context, release: str | None = None, json: bool = False, force: bool = False) -> None:
    """Make the release before, or one by name, serve again."""
    stack, steps = begin(context, as_json=json)
    steps.finish(roll_back(stack, steps, release, force=force))


@task(help=JSON_HELP)
def releases(context: Context, json: bool = False) -> None:
    """List the releases on the host."""
    stack, _ = begin(context)
    with connected(stack) as host:
        rows = inspection.releases(host)
    print(json_format.dumps(rows)) if json else inspection.show_releases(rows)


@task(help={"check": "exit with 1 where there is a warning", **JSON_HELP})
def status(context: Context, json: bool = False, check: bool = False) -> None:
    """Show on one screen how the host is, and what somebody should see to."""
    stack, _ = begin(context)
    with connected(stack) as host:
        found = find_out(host)
    lines = report(found)
    if json:
        print(inspection.report_as_json(found, lines))
    else:
        inspection.show_report(stack.linode.address, lines)
    if check and (wrong := warnings(lines)):
        raise DeployError(f"{len(wrong)} warnings" if len(wrong) > 1 else wrong[0])


@task(help={"unit": "whose log", "lines": "how many", "follow": "go on as lines come"})
def logs(context: Context, unit: str = "gunicorn", lines: str = "100", follow: bool = False) -> None:
    """Show a unit's log."""
    stack, _ = begin(context)
    with connected(stack) as host:
        end_with(inspection.follow_logs(host, unit, lines, follow=follow))


@task(help=JSON_HELP)
def restart(context: Context, json: bool = False) -> None:
    """Restart the site without losing a request."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, deploy_lock(host, "restart"):
        serving = require_release(host)
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


@task(help={"only": "the checks whose names hold this word"})
def smoke(context: Context, only: str = "") -> None:
    """Check the host from outside and inside, without changing anything (tests/smoke)."""
    stack, _ = begin(context)
    end_with(run_smoke(stack, only))
