"""Tasks for the host itself: what must be there before anything can be deployed."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

from fabric import task
from invoke.context import Context

from deploy.provision.certificate_files import put
from deploy.provision.configuration import configure_from
from deploy.provision.flow import provision as provision_host
from deploy.provision.secrets import public_keys
from deploy.release import handover
from deploy.release.reboot import reboot as reboot_host
from deploy.remote.errors import DeployError
from deploy.remote.lock import deploy_lock
from deploy.remote.login import connected
from deploy.tasks.context import begin, confirm, provisions

ACCEPT_CHANGES = "`--accept-changes`, or for `pulumi up` the stack's setting `acceptChanges`,"


@task(
    help={
        "json": "one JSON object per step",
        "dry-run": "say what would be done",
        "if-changed": "only if the host was not brought to this state before",
        "accept-changes": "replace files that somebody edited, without a question",
    }
)
@provisions
def provision(
    context: Context,
    json: bool = False,
    dry_run: bool = False,
    if_changed: bool = False,
    accept_changes: bool = False,
) -> None:
    """Bring the host from a bare Debian to what the site needs; a second run changes nothing."""
    stack, steps = begin(context, as_json=json)
    asked = partial(confirm, yes=accept_changes or stack.linode.accept_changes, answer=ACCEPT_CHANGES)
    changes = provision_host(stack, steps, dry_run=dry_run, if_changed=if_changed, ask=asked)
    steps.finish(f"{changes} operations {'to do' if dry_run else 'changed something'}")


@task(help={"yes": "do not ask"})
@provisions
def reboot(context: Context, yes: bool = False) -> None:
    """Reboot the host, and wait until the site serves again."""
    stack, steps = begin(context)
    confirm(f"Reboot {stack.linode.address}? Nobody reaches the site for about a minute.", yes=yes)
    steps.finish(reboot_host(stack, steps))


@task(
    help={
        "chain": "the file with the site's certificate, then those of its authorities",
        "key": "its key's file",
    }
)
@provisions
def certificate(context: Context, chain: str, key: str) -> None:
    """Put a certificate and its key on the host (`certificate: files`), if they are good ones."""
    stack, steps = begin(context)
    changed = put(stack, Path(chain), Path(key), steps)
    steps.finish("nginx has another certificate now" if changed else "this certificate is there already")


@task(name="give-back", help={"yes": "do not ask"})
def give_back(context: Context, yes: bool = False) -> None:
    """Let the previous site, built by hand, serve again with the register that it had."""
    stack, steps = begin(context)
    question = f"Let the previous site of {stack.linode.address} serve again, without the edits made since?"
    with connected(stack) as host, deploy_lock(host, "give-back"):
        confirm(question, yes=yes)
        if not handover.give_back(host, steps):
            raise DeployError("there is no previous site on this host")


@task(name="nudge-key")
def nudge_key(context: Context) -> None:
    """Print the public half of the key that signs nudges, as a JWKS."""
    stack, _ = begin(context)
    with connected(stack) as host:
        print(public_keys(host, "nudge"))


@task(name="backup-key")
def backup_key(context: Context) -> None:
    """Print the public half of the key by which Google knows the host's backup, as a JWKS."""
    stack, _ = begin(context)
    with connected(stack) as host:
        print(public_keys(host, "backup"))


@task(help={"json": "one JSON object per step"})
def configure(context: Context, json: bool = False) -> None:
    """Write the settings that the cloud decides, from JSON on standard input: {"environment", "offsite"}."""
    stack, steps = begin(context, as_json=json)
    configure_from(sys.stdin.read(), stack, steps)
