"""Tasks about the host as such: what must be there before anything can be deployed."""

from __future__ import annotations

import sys

from configuration import configure_from
from fabric import task
from host import connected
from host_secrets import public_keys
from invoke.context import Context
from provision import provision as provision_host
from task_context import begin


@task(help={"json": "one JSON object per step", "dry-run": "say what would be done"})
def provision(context: Context, json: bool = False, dry_run: bool = False) -> None:
    """Bring the host from a bare Debian to what the site needs; a second run changes nothing."""
    stack, steps = begin(context, as_json=json)
    changes = provision_host(stack, steps, dry_run=dry_run)
    steps.finish(f"{changes} operations {'to do' if dry_run else 'changed something'}")


@task(name="nudge-key")
def nudge_key(context: Context) -> None:
    """Print the public half of the key that signs nudges, as a JWKS."""
    stack, _ = begin(context)
    with connected(stack) as host:
        print(public_keys(host))


@task(help={"json": "one JSON object per step"})
def configure(context: Context, json: bool = False) -> None:
    """Write Django's environment from JSON on standard input: {"environment": {NAME: VALUE}}."""
    stack, steps = begin(context, as_json=json)
    configure_from(sys.stdin.read(), stack, steps)
