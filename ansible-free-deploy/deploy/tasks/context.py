"""What tasks have in common: their stack, the steps that they print, the question that some ask first."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, TypeVar

from fabric import Connection
from invoke.context import Context
from invoke.tasks import Task

from deploy.remote.errors import DeployError
from deploy.remote.login import Role
from deploy.remote.stack_file import Stack, load_stack
from deploy.remote.steps import Steps

Body = TypeVar("Body", bound=Callable[..., None])

JSON_HELP = {"json": "for machines"}
YES = "`--yes`"


def provisions(body: Body) -> Body:
    """Declare that a task logs in as the user who provisions; all others do as the user who deploys."""
    first, rest = str(body.__doc__).split(".", 1)
    body.__doc__ = f"{first} [as the provisioner].{rest}"
    vars(body)["role"] = Role.PROVISION
    return body


def role_of(task: Task[Any]) -> Role:
    """As whom a task logs in."""
    return Role(vars(task.body).get("role", Role.DEPLOY))


def begin(context: Context, *, as_json: bool = False) -> tuple[Stack, Steps]:
    """The stack named by FABRIC_STACK (or `stack` in fabric.yaml), and its steps.

    Raises DeployError if Fabric's own `--hosts` names a host: the tasks would not work on that one.
    """
    if isinstance(context, Connection):
        raise DeployError("the stack names the host: say FABRIC_STACK=NAME instead of --hosts")
    stack = load_stack(str(context.config.stack))
    return stack, Steps(stack.linode.address, as_json=as_json)


def require_confirmable(*, yes: bool, answer: str = YES) -> None:
    """Raise DeployError if a question that will be asked could not be answered.

    `answer`: what a person says beforehand for `yes` to be set.
    """
    if not yes and not sys.stdin.isatty():
        raise DeployError(f"no terminal to ask on; {answer} answers beforehand")


def confirm(question: str, *, yes: bool, answer: str = YES) -> None:
    """Ask, unless `yes` is set. Raises DeployError for any other answer than yes."""
    require_confirmable(yes=yes, answer=answer)
    if not yes and input(f"{question} Type yes: ") != "yes":
        raise DeployError("not confirmed; nothing was changed")


def end_with(status: int) -> None:
    """End the task as a command on the host ended. Raises DeployError, with that status, if it failed."""
    if status:
        raise DeployError(f"exit status {status}", status)
