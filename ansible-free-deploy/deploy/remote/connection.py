"""The SSH connection to a host. A world's host has its own key and known hosts, any other has the user's."""

from __future__ import annotations

import socket
from typing import Any

from fabric import Config, Connection
from paramiko import RejectPolicy
from paramiko.ssh_exception import (
    AuthenticationException,
    BadHostKeyException,
    PasswordRequiredException,
    SSHException,
)

from deploy.remote.errors import DeployError
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
    except BadHostKeyException as error:
        raise DeployError(
            f"{where}: the host's key has CHANGED; find out why before anything else"
        ) from error
    except PasswordRequiredException as error:
        raise DeployError(
            f"{where}: the private key has a passphrase; `ssh-add` it, so that the agent answers for it"
        ) from error
    except AuthenticationException as error:
        raise LoginRefusedError(f"{where}: the host refuses this login") from error
    except SSHException as error:
        raise _explained(where, error) from error
    except (OSError, EOFError) as error:
        raise UnreachableError(f"{where} port {connection.port}: cannot be reached ({error})") from error
    _notice_silence(connection)
    return connection


def _connection(stack: Stack, user: str) -> OneConnection:
    keywords: dict[str, Any] = {"banner_timeout": CONNECT_SECONDS, "auth_timeout": CONNECT_SECONDS}
    if stack.key_folder:
        own = {
            "key_filename": str(stack.key_folder / "id_ed25519"),
            "look_for_keys": False,
            "allow_agent": False,
        }
        keywords |= own
    connection = OneConnection(
        stack.linode.address,
        user=user,
        port=stack.linode.port,
        connect_timeout=CONNECT_SECONDS,
        connect_kwargs=keywords,
        config=Config(lazy=stack.key_folder is not None),
    )
    # Fabric's own default would trust any host at first sight.
    connection.client.set_missing_host_key_policy(RejectPolicy())
    if stack.key_folder:
        connection.client.load_host_keys(str(stack.key_folder / "known_hosts"))
    else:
        connection.client.load_system_host_keys()
    return connection


def _notice_silence(connection: Connection) -> None:
    """Let a silent connection fail after some seconds, not after the kernel's quarter of an hour."""
    connection.transport.set_keepalive(KEEPALIVE_SECONDS)
    if hasattr(socket, "TCP_USER_TIMEOUT"):
        connection.transport.sock.setsockopt(
            socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, SILENCE_SECONDS * 1000
        )


def _explained(where: str, error: SSHException) -> DeployError:
    text = str(error)
    if "not found in known_hosts" in text:
        return DeployError(f"{where}: the host's key is not known; log in once with `ssh` and check it")
    return UnreachableError(f"{where}: {text}")
