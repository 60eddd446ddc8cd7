"""As whom a task logs in: one user deploys, and asks the host's own program for what needs root (`verbs.py`).

Another one provisions, and becomes root by sudo.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from fabric import Connection

from deploy.remote.connection import LoginRefusedError, UnreachableError, open_connection
from deploy.remote.errors import DeployError
from deploy.remote.host import Host
from deploy.remote.stack_file import Stack
from deploy.remote.sudo import Sudo, password_of

SSHD_SECONDS = 30.0


class Role(Enum):
    """As whom a task logs in."""

    DEPLOY = "deploy"
    """The user who deploys: may ask the host's program, and is nobody's superior."""
    PROVISION = "provision"
    """The user who provisions: becomes root, by a password or by a hardware key."""

    def user(self, stack: Stack) -> str:
        """The name of that user on the stack's host."""
        return stack.linode.user if self is Role.DEPLOY else stack.linode.provisioner


@contextmanager
def connected(stack: Stack, role: Role = Role.DEPLOY) -> Iterator[Host]:
    """A host, logged in as the user of a role. Raises DeployError if that fails."""
    user = role.user(stack)
    try:
        connection = open_connection(stack, user)
    except LoginRefusedError as error:
        raise LoginRefusedError(f"{error.message}; this task needs that user (docs/production.md)") from error
    try:
        yield Host(connection, stack, _sudo(connection, stack) if role is Role.PROVISION else None)
    finally:
        connection.close()


def try_login(stack: Stack, role: Role) -> None:
    """Log in once, and wait for sshd: it closes its port for a moment while it reads new settings.

    Raises DeployError if the login is refused, or if nobody answers for half a minute.
    """
    began = time.monotonic()
    while True:
        try:
            with connected(stack, role):
                return
        except UnreachableError:
            if time.monotonic() - began > SSHD_SECONDS:
                raise
        time.sleep(0.2)


@contextmanager
def connected_as(stack: Stack, user: str) -> Iterator[Host]:
    """A host, logged in as root or as a user to whom sudo gives everything without a password."""
    connection = open_connection(stack, user)
    try:
        yield Host(connection, stack, Sudo())
    finally:
        connection.close()


def _sudo(connection: Connection, stack: Stack) -> Sudo:
    """How the user who provisions becomes root. Raises DeployError if the password is wrong."""
    if _is_root_by(Host(connection, stack, Sudo())):
        return Sudo()
    where = stack.linode.address
    sudo = Sudo(password_of(str(connection.user), where, stack.sudo_password))
    if not _is_root_by(Host(connection, stack, sudo)):
        raise DeployError(f"{where}: sudo refuses the password of {connection.user}")
    return sudo


def _is_root_by(host: Host) -> bool:
    return host.run("id -u", root=True, check=False).stdout.strip() == "0"
