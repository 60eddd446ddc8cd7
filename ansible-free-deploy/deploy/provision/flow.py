"""Bring a bare Debian, or a host provisioned before, to the state that the site needs.

In two parts, so that nobody is locked out. First, if the user who provisions cannot log in yet, both are
made: as root, or as the user who deploys if that one still is root by sudo. Then, as the user who provisions,
everything else is done. Root cannot log in any more then, and the user who deploys has no right left but to
ask the host's program. Both logins are tried as soon as the keys or sshd have changed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext

from deploy.provision import (
    access,
    backup_program,
    certificate,
    digest,
    edited,
    firewall,
    host_program,
    recovery,
)
from deploy.provision.alone import alone
from deploy.provision.apply import apply, apply_all
from deploy.provision.operations import Operation
from deploy.provision.wanted_state import entry_state, wanted_state
from deploy.remote.connection import LoginRefusedError
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.login import Role, connected, connected_as, try_login
from deploy.remote.stack_file import Stack
from deploy.remote.steps import Steps
from deploy.remote.sudo import new_password

NOBODY = "{} cannot log in, and {} is not root: see docs/runbook.md"
STATES = (
    entry_state,
    wanted_state,
    firewall.wanted_state,
    host_program.sudo_state,
    recovery.wanted_state,
    certificate.acme_state,
)
INITIAL_USER = "root"
"""Who a fresh Linode lets in."""


def provision(
    stack: Stack,
    steps: Steps,
    *,
    dry_run: bool = False,
    if_changed: bool = False,
    ask: Callable[[str], None] = lambda _: None,
) -> int:
    """Do what is missing and return how many operations changed something (or would, with `dry_run`).

    With `if_changed`, nothing is looked at if the host was brought to exactly this state before. `ask` is
    called with a question before files are written that somebody edited; it raises DeployError for a no, and
    then nothing was changed.
    """
    backup_program.require_recipient(stack)
    copies = backup_program.places_state(stack)
    everything = [*copies, *(each for state in STATES for each in state(stack.linode))]
    wanted = digest.digest(everything)
    if if_changed and _is_recorded(stack, wanted):
        return 0
    changes = _bootstrap(stack, steps, dry_run=dry_run)
    if changes and dry_run:
        return changes
    with connected(stack, Role.PROVISION) as host, nullcontext() if dry_run else alone(host, steps):
        _show_edits(host, everything, steps, None if dry_run else ask)
        if not dry_run:
            edited.announce(host, everything, steps)
        entry = apply_all(host, entry_state(stack.linode), steps, dry_run=dry_run)
        if entry and not dry_run:
            _prove_logins(host, steps)
        changes += entry
        changes += apply_all(host, [*wanted_state(stack.linode), *copies], steps, dry_run=dry_run)
        changes += firewall.apply_firewall(host, steps, dry_run=dry_run)
        last = [*host_program.sudo_state(stack.linode), digest.record_each(everything)]
        # A repository that cannot be made leaves a site that serves, behind its firewall.
        last += recovery.wanted_state(stack.linode)
        # At the end: an authority that certifies nothing (a name leads elsewhere, say) hinders nothing else.
        last += certificate.acme_state(stack.linode)
        changes += apply_all(host, last, steps, dry_run=dry_run)
        changes += apply(host, digest.record(wanted), steps, dry_run=dry_run)
        if not dry_run:
            edited.forget_announced(host)
    return changes


def _show_edits(
    host: Host, everything: list[Operation], steps: Steps, ask: Callable[[str], None] | None
) -> None:
    """Show what somebody edited; if it is about to be replaced, ask first, and keep it."""
    found = edited.edits(host, everything)
    edited.show(found, steps)
    if found and ask:
        ask(f"Replace {len(found)} files that somebody edited?")
        edited.keep(host, found, steps)


def _is_recorded(stack: Stack, wanted: str) -> bool:
    """Whether the host says so itself. A host that does not know the question says no."""
    try:
        with connected(stack) as host:
            return digest.recorded(host) == wanted
    except DeployError:
        return False


def _bootstrap(stack: Stack, steps: Steps, *, dry_run: bool) -> int:
    """The first part, if the user who provisions cannot log in yet."""
    try:
        with connected(stack, Role.PROVISION):
            return 0
    except LoginRefusedError:
        with _first_login(stack) as host:
            changes = apply_all(host, access.bootstrap_state(stack.linode, host.user), steps, dry_run=dry_run)
            if stack.linode.provision_by == "password" and not dry_run:
                password = access.password_state(stack.linode, new_password(stack))
                changes += apply(host, password, steps)
            return changes


@contextmanager
def _first_login(stack: Stack) -> Iterator[Host]:
    """Who is root on a host that does not know the user who provisions."""
    try:
        with connected_as(stack, stack.linode.user) as host:
            if host.run("true", root=True, check=False).status:
                raise DeployError(NOBODY.format(stack.linode.provisioner, host.user))
            yield host
    except LoginRefusedError:
        with connected_as(stack, INITIAL_USER) as host:
            yield host


def _prove_logins(host: Host, steps: Steps) -> None:
    """Log in anew as both users. Keys that lock somebody out are taken back."""
    with steps.step("both users can log in"):
        try:
            for role in Role:
                try_login(host.stack, role)
        except LoginRefusedError:
            for role in Role:
                host.run(access.take_back(role.user(host.stack)), root=True)
            raise
