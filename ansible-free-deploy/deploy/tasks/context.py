"""What tasks have in common: their stack, the steps that they print, the question that some ask first."""

from __future__ import annotations

import sys

from fabric import Connection
from invoke.context import Context

from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Stack, load_stack
from deploy.remote.steps import Steps

JSON_HELP = {"json": "for machines"}


def begin(context: Context, *, as_json: bool = False) -> tuple[Stack, Steps]:
    """The stack named by FABRIC_STACK (or `stack` in fabric.yaml), and its steps.

    Raises DeployError if Fabric's own `--hosts` names a host: the tasks would not work on that one.
    """
    if isinstance(context, Connection):
        raise DeployError("the stack names the host: say FABRIC_STACK=NAME instead of --hosts")
    stack = load_stack(str(context.config.stack))
    return stack, Steps(stack.linode.address, as_json=as_json)


def require_confirmable(*, yes: bool) -> None:
    """Raise DeployError if a question that will be asked could not be answered."""
    if not yes and not sys.stdin.isatty():
        raise DeployError("no terminal to ask on; `--yes` answers beforehand")


def confirm(question: str, *, yes: bool) -> None:
    """Ask, unless `yes` is set. Raises DeployError for any other answer than yes."""
    require_confirmable(yes=yes)
    if not yes and input(f"{question} Type yes: ") != "yes":
        raise DeployError("not confirmed; nothing was changed")


def end_with(status: int) -> None:
    """End the task as a command on the host ended. Raises DeployError, with that status, if it failed."""
    if status:
        raise DeployError(f"exit status {status}", status)
