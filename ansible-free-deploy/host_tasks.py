"""Tasks about the host as such: what must be there before anything can be deployed."""

from __future__ import annotations

import sys

import layout
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
        print(public_keys(host, layout.NUDGE_KEY))


@task(name="backup-key")
def backup_key(context: Context) -> None:
    """Print the public half of the key by which Google knows the host's backup, as a JWKS."""
    stack, _ = begin(context)
    with connected(stack) as host:
        print(public_keys(host, layout.BACKUP_KEY))


@task(help={"json": "one JSON object per step"})
def configure(context: Context, json: bool = False) -> None:
    """Write what the cloud's side decides, from JSON on standard input: {"environment", "offsite"}."""
    stack, steps = begin(context, as_json=json)
    configure_from(sys.stdin.read(), stack, steps)
