"""Brings the host to a wanted state, operation by operation: asks the fact, runs what it calls for.

Until something changes, many facts are asked at once; after that fewer, since they may depend on the change.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from deploy.provision import facts
from deploy.provision.operations import Operation
from deploy.remote.host import Host
from deploy.remote.steps import Steps


def apply(host: Host, operation: Operation, steps: Steps, *, dry_run: bool = False) -> bool:
    """Ask the operation's fact and run the commands it calls for; whether there were any."""
    return bool(apply_all(host, [operation], steps, dry_run=dry_run))


def apply_all(host: Host, operations: Iterable[Operation], steps: Steps, *, dry_run: bool = False) -> int:
    """Apply them in order; how many changed something (or would, with `dry_run`)."""
    waiting = list(operations)
    changes, at_once = 0, len(waiting)
    while waiting:
        asked = waiting[:at_once]
        done, changed = _first_change(host, asked, steps, dry_run=dry_run)
        changes += changed
        waiting = waiting[done:]
        at_once = 2 * at_once if done == len(asked) else 1
    return changes


def _first_change(host: Host, asked: list[Operation], steps: Steps, *, dry_run: bool) -> tuple[int, int]:
    """Ask them all, and apply them up to the first that changes something; how many, and how many changed."""
    changes = 0
    for number, (operation, answer) in enumerate(zip(asked, _answers(host, asked), strict=True), start=1):
        changes += _bring(host, operation, answer, steps, dry_run=dry_run)
        if changes and not dry_run:
            return number, changes
    return len(asked), changes


def _answers(host: Host, asked: list[Operation]) -> list[Any]:
    fact = facts.several([operation.fact for operation in asked])
    what = asked[0].title if len(asked) == 1 else "asking how the host is"
    return list(fact.read(host.run(fact.command, what=what, root=True).stdout))


def _bring(host: Host, operation: Operation, answer: Any, steps: Steps, *, dry_run: bool) -> bool:
    """Run the commands that an answer calls for; whether there were any."""
    with steps.step(operation.title) as outcome:
        commands = operation.plan(answer)
        if not commands:
            return False
        if dry_run:
            outcome.planned("; ".join(commands))
            return True
        if told := operation.ahead(answer):
            steps.warn(operation.title, told)
        script = "\n".join(["set -eu", *commands])
        host.run(script, what=operation.title, root=True, content=operation.content)
        outcome.changed()
        return True
