"""Tasks that look at the host and change nothing."""

from __future__ import annotations

import json as json_format

from fabric import task
from invoke.context import Context

from deploy.remote.errors import DeployError
from deploy.remote.login import connected
from deploy.status import tables
from deploy.status.findings import find_out
from deploy.status.logs import follow_logs
from deploy.status.packages import installed_packages
from deploy.status.releases import releases as releases_on
from deploy.status.report import report, warnings
from deploy.status.smoke import run_smoke
from deploy.tasks.context import JSON_HELP, begin, end_with, provisions


@task(help={"check": "exit with 1 if there is a warning", **JSON_HELP})
def status(context: Context, json: bool = False, check: bool = False) -> None:
    """Show on one screen how the host is, and what needs attention."""
    stack, _ = begin(context)
    with connected(stack) as host:
        found = find_out(host)
    lines = report(found)
    if json:
        print(tables.report_as_json(found, lines))
    else:
        tables.show_report(stack.linode.address, lines)
    if check and (wrong := warnings(lines)):
        raise DeployError(f"{len(wrong)} warnings" if len(wrong) > 1 else wrong[0])


@task(help=JSON_HELP)
def releases(context: Context, json: bool = False) -> None:
    """List the releases on the host."""
    stack, _ = begin(context)
    with connected(stack) as host:
        rows = releases_on(host)
    print(json_format.dumps(rows)) if json else tables.show_releases(rows)


@task
def packages(context: Context) -> None:
    """Print what is installed on the host, as JSON; `make audit` looks it up."""
    stack, _ = begin(context)
    with connected(stack) as host:
        print(json_format.dumps(installed_packages(host)))


@task(help={"unit": "whose log", "lines": "how many", "follow": "go on as lines come"})
def logs(context: Context, unit: str = "gunicorn", lines: str = "100", follow: bool = False) -> None:
    """Show a unit's log."""
    stack, _ = begin(context)
    with connected(stack) as host:
        end_with(follow_logs(host, unit, lines, follow=follow))


@task(help={"only": "the checks whose names hold this word"})
@provisions
def smoke(context: Context, only: str = "") -> None:
    """Check the host from outside and inside, without changing anything (tests/smoke)."""
    stack, _ = begin(context)
    end_with(run_smoke(stack, only))
