"""Tasks for a person who has to reach in: a management command, a shell, the closed sign."""

from __future__ import annotations

import sys

import maintenance as sign
from django_manage import manage_stream
from django_manage import shell as django_shell
from errors import DeployError
from fabric import task
from host import connected
from invoke.context import Context
from release_folder import require_release
from task_context import begin, end_with
from words_executor import words_after_dashes


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
            sign.close(host, reason)
            outcome.changed(sign.describe(host))
        elif sign.open_again(host):
            outcome.changed("the site is open")
        else:
            outcome.note("the site was open")
