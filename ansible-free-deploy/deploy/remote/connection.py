"""The SSH connection to a host. A world's host has its own key and known hosts, any other has the user's.

What the user's own SSH settings say, OpenSSH itself reads (`ssh_settings.py`).
"""

from __future__ import annotations

import os
import socket
from typing import Any

from fabric import Config, Connection
from paramiko import Agent, RejectPolicy
from paramiko.ssh_exception import (
    BadHostKeyException,
    SSHException,
)

from deploy.remote.errors import DeployError
from deploy.remote.ssh_settings import ask_ssh, needs_passphrase
from deploy.remote.stack_file import Stack

CONNECT_SECONDS = 10
KEEPALIVE_SECONDS = 15
SILENCE_SECONDS = 45
"""As long as the host's sshd waits for a client (`sshd.conf`)."""
LOST = "the connection was lost"


class OneConnection(Connection):  # type: ignore[misc] # Published without types.
    """A connection that is made once. Fabric's own connects again by itself if it was lost."""

    def open(self) -> Any:
        """Connect. Raises DeployError if there was a connection already and it was lost."""
        if self.transport is not None and not self.is_connected:
            raise DeployError(f"{self.host}: {LOST}")
        return super().open()


class LoginRefusedError(DeployError):
    """The host is there but does not let this user in."""


class UnreachableError(DeployError):
    """Nobody answers there, or the answer breaks off: another try may succeed."""


def open_connection(stack: Stack, user: str) -> OneConnection:
    """Log in. Raises DeployError, in one line, if that fails."""
    connection = _connection(stack, user)
    where = f"{connection.user}@{connection.host}"
    try:
        connection.open()
    except SSHException as error:
        raise _explained(where, error, connection) from error
    except (OSError, EOFError) as error:
        raise UnreachableError(f"{where} port {connection.port}: cannot be reached ({error})") from error
    _notice_silence(connection)
    return connection


def _connection(stack: Stack, user: str) -> OneConnection:
    if stack.key_folder:
        keys = {"key_filename": [str(stack.key_folder / "id_ed25519")], "allow_agent": False}
        connection = _made(stack.linode.address, user, stack.linode.port, keys)
        connection.client.load_host_keys(str(stack.key_folder / "known_hosts"))
        return connection
    own = ask_ssh(stack.linode.address, user, stack.linode.port)
    if own.agent:
        os.environ["SSH_AUTH_SOCK"] = own.agent
    keywords: dict[str, Any] = {"key_filename": own.keys, "allow_agent": own.agent != ""}
    if proxy := own.proxy():
        keywords["sock"] = proxy
    connection = _made(own.host, user, own.port, keywords)
    own.add_host_keys(connection.client.get_host_keys())
    return connection


def _made(host: str, user: str, port: int, keywords: dict[str, Any]) -> OneConnection:
    """A connection that is not open yet; it knows no host and reads no settings by itself."""
    limits = {"banner_timeout": CONNECT_SECONDS, "auth_timeout": CONNECT_SECONDS, "look_for_keys": False}
    connection = OneConnection(
        host,
        user=user,
        port=port,
        connect_timeout=CONNECT_SECONDS,
        connect_kwargs=keywords | limits,
        config=Config(lazy=True),
    )
    # Fabric's own default would trust any host at first sight.
    connection.client.set_missing_host_key_policy(RejectPolicy())
    return connection


def _notice_silence(connection: Connection) -> None:
    """Let a silent connection fail after some seconds, not after the kernel's quarter of an hour."""
    connection.transport.set_keepalive(KEEPALIVE_SECONDS)
    link = connection.transport.sock
    # A link to a program that the connection goes through is not of TCP.
    if hasattr(socket, "TCP_USER_TIMEOUT") and link.family in {socket.AF_INET, socket.AF_INET6}:
        link.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_SECONDS * 1000)


def _explained(where: str, error: SSHException, connection: Connection) -> DeployError:
    if isinstance(error, BadHostKeyException):
        return DeployError(f"{where}: the host's key has CHANGED; find out why before anything else")
    if "not found in known_hosts" in str(error):
        return DeployError(f"{where}: the host's key is not known; log in once with `ssh` and check it")
    transport = connection.client.get_transport()
    if transport is None or not transport.is_active():
        return UnreachableError(f"{where}: {error}")
    # What paramiko says is of the last key, and of the last form in which it tried to read that one.
    files = connection.connect_kwargs["key_filename"]
    locked = [] if Agent().get_keys() else list(filter(needs_passphrase, files))
    if locked and locked == files:
        return DeployError(
            f"{where}: the private key has a passphrase; `ssh-add` it, so that the agent answers for it"
        )
    hint = f" (and {', '.join(locked)} was not tried: `ssh-add` it)" if locked else ""
    return LoginRefusedError(f"{where}: the host refuses this login{hint}")
