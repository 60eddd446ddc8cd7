"""`fab appoint`: the first superuser of the portal."""

from __future__ import annotations

import sys

from fabric import task
from invoke.context import Context

from deploy.remote.errors import DeployError
from deploy.tasks.context import begin, confirm, require_confirmable

FORCE = "--force appoints one more: for when none of them can be reached"


@task(
    help={
        "force": "also if there is a superuser already",
        "yes": "do not ask",
        "dry-run": "say who would be appointed; write nothing",
        "json": "for machines",
    }
)
def appoint(
    context: Context, force: bool = False, yes: bool = False, dry_run: bool = False, json: bool = False
) -> None:
    """Make a member the portal's first superuser, as an operator; the kennitala is asked for, or piped in."""
    from deploy.cloud import appointment as appointments  # Google's client takes a second to import.
    from deploy.cloud.identity import operator_of

    stack, steps = begin(context, as_json=json)
    if not dry_run:
        require_confirmable(yes=yes)
    operator = operator_of(stack)
    with steps.step("look up") as outcome:
        wanted = appointments.planned(operator.members, _typed())
        outcome.note(f"{wanted}; superusers now: {', '.join(wanted.superusers) or 'none'}")
    if wanted.superusers and not force:
        raise DeployError(f"there is a superuser already, who can do it in the portal; {FORCE}")
    with steps.step("appoint") as outcome:
        if dry_run:
            outcome.planned()
            return
        confirm(f"Make {wanted} a superuser of {stack.project}, as {operator.name}?", yes=yes)
        roles = appointments.carry_out(operator, wanted, force=force)
        outcome.changed(", ".join(roles))


def _typed() -> str:
    """The kennitala, from the terminal or the input; never an argument, which others can see."""
    if sys.stdin.isatty():
        return input("Kennitala: ")
    return sys.stdin.readline()
