"""`fab incident.…`: what is done after a compromise, and rehearsed before one."""

from __future__ import annotations

import sys
from getpass import getpass

from fabric import task
from invoke.context import Context

from deploy.credentials.incident import Order
from deploy.credentials.incident import revoke_all as revoke_everything
from deploy.credentials.stack_program import StackProgram
from deploy.tasks.context import begin, confirm, provisions

QUESTION = (
    "Log everyone out, revoke every token and replace every key of {}, in both halves? "
    "This also runs `pulumi up`, which does whatever else the program has to do."
)
ASK_FOR_SECRET = "New client secret from Kenni.is (empty: keep the one there is): "  # noqa: S105 # nosec B105


@task(
    name="revoke-all",
    help={
        "keep-kenni-secret": "do not ask for a new client secret of Kenni.is",
        "yes": "do not ask whether it is meant",
        "dry-run": "say what would be done",
        "json": "one JSON object per step",
    },
)
@provisions
def revoke_all(
    context: Context,
    keep_kenni_secret: bool = False,
    yes: bool = False,
    dry_run: bool = False,
    json: bool = False,
) -> None:
    """Revoke all sessions and tokens and replace every key, in both halves; a second run goes on.

    It ends with the list of what only people can replace. docs/runbook.md says when, and how it is rehearsed.
    """
    stack, steps = begin(context, as_json=json)
    if not dry_run:
        confirm(QUESTION.format(stack.name), yes=yes)
    asked = not dry_run and not keep_kenni_secret and sys.stdin.isatty()
    order = Order(stack, StackProgram(stack.name), steps, getpass(ASK_FOR_SECRET).strip() if asked else "")
    steps.finish(revoke_everything(order, dry_run=dry_run))
