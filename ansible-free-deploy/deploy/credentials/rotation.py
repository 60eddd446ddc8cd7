"""The functions' tokens made anew without a failed call.

The stack's file gets the new token, and the Pulumi program does the rest in order: the host takes the new
token beside the old one, the function gets a revision with the new one, and the old one ends after a margin.
A run that was cut off is completed by another one, since a token that no function was given opens nothing.
"""

from __future__ import annotations

from collections.abc import Sequence

from deploy.credentials.stack_program import StackProgram
from deploy.remote.api_callers import FUNCTIONS, new_token, setting_of
from deploy.remote.errors import DeployError
from deploy.remote.steps import Steps


def chosen(name: str | None) -> tuple[str, ...]:
    """The functions of that name, or all. Raises DeployError for an unknown one."""
    if name is None:
        return FUNCTIONS
    if name not in FUNCTIONS:
        raise DeployError(f"no function {name!r} has a token; these have: {', '.join(FUNCTIONS)}")
    return (name,)


def rotate(program: StackProgram, steps: Steps, functions: Sequence[str], *, dry_run: bool = False) -> None:
    """Give each of these functions a new token, and bring it to both sides."""
    renew(program, steps, functions, dry_run=dry_run)
    with steps.step("pulumi up") as outcome:
        if dry_run:
            outcome.planned("the host takes them, the functions get them, the old ones end")
        else:
            program.up()
            outcome.changed()


def renew(program: StackProgram, steps: Steps, functions: Sequence[str], *, dry_run: bool = False) -> None:
    """Write new tokens into the stack's file, encrypted."""
    for function in functions:
        with steps.step(f"new token of {function}") as outcome:
            if dry_run:
                outcome.planned(setting_of(function))
            else:
                program.set_secret(setting_of(function), new_token())
                outcome.changed(setting_of(function))
