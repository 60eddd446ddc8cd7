"""Operator tasks: a management command, a shell, the maintenance page, a restart, the lock."""

from __future__ import annotations

import sys

from fabric import task
from invoke.context import Context

from deploy.backup.exchange import finish_interrupted
from deploy.release.folders import require_release
from deploy.remote import maintenance as maintenance_page
from deploy.remote.errors import DeployError
from deploy.remote.lock import deploy_lock
from deploy.remote.lock import unlock as take_lock_away
from deploy.remote.login import connected
from deploy.remote.manage import manage_stream
from deploy.remote.manage import shell as django_shell
from deploy.remote.service import restart as restart_service
from deploy.remote.service import verify
from deploy.tasks.context import JSON_HELP, begin, end_with
from deploy.tasks.executor import words_after_dashes


@task(name="manage")
def manage_command(context: Context) -> None:
    """Run a management command of the serving release: fab manage -- COMMAND [ARGUMENTS].

    It runs as the site's user with the site's settings. Its input, output and exit status are passed through.
    """
    words = words_after_dashes()
    if not words:
        raise DeployError("which command? For example: fab manage -- showmigrations sync")
    stack, _ = begin(context)
    with connected(stack) as host:
        require_release(host)
        end_with(manage_stream(host, words))


@task
def shell(context: Context) -> None:
    """Open Django's shell of the serving release on this terminal."""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise DeployError("a shell needs a terminal; `fab manage -- shell -c CODE` does not")
    stack, _ = begin(context)
    with connected(stack) as host:
        require_release(host)
        end_with(django_shell(host))


@task(
    positional=["state"],
    help={
        "state": "on or off",
        "reason": "why, for `fab status`; not shown to the world",
        "json": "for machines",
    },
)
def maintenance(context: Context, state: str, reason: str = "", json: bool = False) -> None:
    """Close the site, with a page that says so, or open it again."""
    if state not in {"on", "off"}:
        raise DeployError(f"{state!r} is neither `on` nor `off`")
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, steps.step(f"maintenance {state}") as outcome:
        if state == "on":
            maintenance_page.close(host, reason)
            outcome.changed(maintenance_page.describe(host))
        elif maintenance_page.open_again(host):
            outcome.changed("the site is open")
        else:
            outcome.note("the site was open")


@task(help=JSON_HELP)
def restart(context: Context, json: bool = False) -> None:
    """Restart the site without losing a request."""
    stack, steps = begin(context, as_json=json)
    with connected(stack) as host, deploy_lock(host, "restart"):
        serving = require_release(host)
        finish_interrupted(host, steps)
        with steps.step("restart") as outcome:
            restart_service(host)
            outcome.changed()
        with steps.step("verify") as outcome:
            if complaint := verify(host, serving):
                outcome.warn(f"the site is well, but its certificate is not: {complaint}")


@task
def unlock(context: Context) -> None:
    """Take the deploy lock from the person who holds it."""
    stack, steps = begin(context)
    with connected(stack) as host, steps.step("unlock") as outcome:
        holder = take_lock_away(host)
        outcome.changed(f"it was held by {holder}") if holder else outcome.note("it was free")
