"""Bring a bare Debian, or a host provisioned before, to the state that the site needs.

In two parts, so that nobody is locked out. First, if only root can log in yet: as root, the user who deploys,
with root's keys. Then, as that user: everything else, and one of these things is that root cannot log in any
more.
"""

from __future__ import annotations

from deploy.provision import backup_program, firewall
from deploy.provision.apply import apply_all
from deploy.provision.wanted_state import bootstrap_state, wanted_state
from deploy.remote.connection import LoginRefusedError
from deploy.remote.host import connected
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps

INITIAL_USER = "root"
"""Who a fresh Linode lets in."""


def provision(stack: Stack, steps: Steps, *, dry_run: bool = False) -> int:
    """Do what is missing and return how many operations changed something (or would, with `dry_run`)."""
    backup_program.require_recipient(stack)
    changes = _bootstrap(stack, steps, dry_run=dry_run)
    if changes and dry_run:
        return changes
    with connected(stack) as host:
        changes += apply_all(host, wanted_state(stack.linode), steps, dry_run=dry_run)
        changes += firewall.apply_firewall(host, steps, dry_run=dry_run)
    return changes


def _bootstrap(stack: Stack, steps: Steps, *, dry_run: bool) -> int:
    """The first part, if the user who deploys cannot log in yet."""
    try:
        with connected(stack):
            return 0
    except LoginRefusedError:
        with connected(stack, INITIAL_USER) as host:
            return apply_all(host, bootstrap_state(stack.linode), steps, dry_run=dry_run)
