"""What each task begins with: the stack it is for, and the lines that say how it goes."""

from __future__ import annotations

from invoke.context import Context
from stack_file import Stack, load_stack
from steps import Steps


def begin(context: Context, *, as_json: bool = False) -> tuple[Stack, Steps]:
    """The stack named by FABRIC_STACK (or `stack` in fabric.yaml), and its steps."""
    stack = load_stack(str(context.config.stack))
    return stack, Steps(stack.linode.address, as_json=as_json)
