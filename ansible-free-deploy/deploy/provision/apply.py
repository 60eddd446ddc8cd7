"""Brings the host to a wanted state, operation by operation: asks the fact, runs what it calls for."""

from __future__ import annotations

from collections.abc import Iterable

from deploy.provision.operations import Operation
from deploy.remote.host import Host
from deploy.remote.steps import Steps


def apply(host: Host, operation: Operation, steps: Steps, *, dry_run: bool = False) -> bool:
    """Ask the operation's fact and run the commands it calls for; whether there were any."""
    with steps.step(operation.title) as outcome:
        state = operation.fact.read(host.run(operation.fact.command, what=operation.title, root=True).stdout)
        commands = operation.plan(state)
        if not commands:
            return False
        if dry_run:
            outcome.planned("; ".join(commands))
            return True
        script = "\n".join(["set -eu", *commands])
        host.run(script, what=operation.title, root=True, content=operation.content)
        outcome.changed()
        return True


def apply_all(host: Host, operations: Iterable[Operation], steps: Steps, *, dry_run: bool = False) -> int:
    """Apply them in order; how many changed something (or would, with `dry_run`)."""
    return sum(apply(host, operation, steps, dry_run=dry_run) for operation in operations)
