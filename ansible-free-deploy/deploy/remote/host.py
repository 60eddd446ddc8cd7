"""The connection to the host: one per task, opened lazily, closed at its end.

All commands go through `Host.run`. Commands that need root use sudo without a password. Values get into a
command only by `shlex.join`, content only by standard input.
"""

from __future__ import annotations

import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any

from fabric import Connection
from invoke.exceptions import ThreadException
from paramiko import Transport
from paramiko.channel import Channel
from paramiko.ssh_exception import SSHException

from deploy.remote.connection import LOST, open_connection
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.stack_file import Stack

COMMAND_SECONDS = 900
CHUNK = 65536
"""Bytes."""
FROM_FILE = 'command=$(cat "$1"); rm -f "$1"; shift; eval "$command"'
"""The script of root's shell: run the command in a file, which is gone by then."""

Command = str | list[str]
"""A shell command, or the words of one, which are then quoted."""


@dataclass(frozen=True)
class Result:
    """Output and exit status of a command on the host."""

    stdout: str
    stderr: str
    status: int


class Host:
    """A host that answers. Made by `connected`."""

    def __init__(self, connection: Connection, stack: Stack) -> None:
        self._connection = connection
        self.stack = stack

    @property
    def user(self) -> str:
        """Who is logged in."""
        return str(self._connection.user)

    def run(
        self,
        command: Command,
        *,
        what: str = "",
        root: bool = False,
        content: str | bytes | IO[bytes] = b"",
        check: bool = True,
    ) -> Result:
        """Run a command to its end with `content` on its standard input.

        Raises RemoteError, naming `what` was tried, when it fails and `check` is on.
        """
        text = shell_text(command)
        result = self._execute(self._as_root(text) if root else text, content)
        if check and result.status:
            raise RemoteError(what or text.split()[0], result.status, result.stderr or result.stdout)
        return result

    def stream(self, command: Command, *, root: bool = False, standard_input: IO[bytes] | None = None) -> int:
        """Run a command with its output going straight to this terminal; return its exit status."""
        text = shell_text(command)
        channel = self._open(self._as_root(text) if root else text)
        if standard_input:
            _in_thread(_feed, standard_input, channel)
        else:
            channel.shutdown_write()
        errors = _in_thread(_copy, channel.recv_stderr, sys.stderr.buffer)
        _copy(channel.recv, sys.stdout.buffer)
        errors.join()
        return channel.recv_exit_status()

    def receive(self, command: Command, into: IO[bytes], *, what: str) -> None:
        """Run a command as root and write its output to a file, byte by byte and however long."""
        channel = self._open(self._as_root(shell_text(command)))
        channel.shutdown_write()
        errors = bytearray()
        reader = _in_thread(_collect, channel.recv_stderr, errors)
        _copy(channel.recv, into)
        reader.join()
        if status := channel.recv_exit_status():
            raise RemoteError(what, status, errors.decode(errors="replace"))

    def terminal(self, command: Command) -> int:
        """Run a command as root on this terminal until it ends; its exit status."""
        text = self._as_root(shell_text(command))
        try:
            status = int(self._connection.run(text, pty=True, warn=True, hide=False).exited)
        except (SSHException, OSError, EOFError, ThreadException) as error:
            raise self._lost(error) from error
        if status < 0:
            raise self._lost()
        return status

    def hold(self, command: Command) -> Channel:
        """Start a command; it ends with the returned channel at the latest."""
        return self._open(shell_text(command))

    def upload(self, content: IO[bytes], path: str) -> None:
        """Write a file on the host, as the user logged in.

        Not by Fabric's `put`: if the connection was lost, and a deploy's lock with it, `put` would connect
        again.
        """
        try:
            with self._transport().open_sftp_client() as files:
                files.putfo(content, path)
        except (SSHException, OSError, EOFError) as error:
            # SFTP does not name a full disk: it says that it failed, or at the end that the file is shorter.
            is_full = str(error) == "Failure" or "size mismatch" in str(error)
            reason = "the host cannot write it (disk full?)" if is_full else error
            raise DeployError(f"upload to {path}: {reason}") from error

    def _as_root(self, text: str) -> str:
        return text if self.user == "root" else as_root(text)

    def _execute(self, text: str, content: str | bytes | IO[bytes]) -> Result:
        channel = self._open(text)
        errors = bytearray()
        reader = _in_thread(_collect, channel.recv_stderr, errors)
        writer = _in_thread(_send, content.encode() if isinstance(content, str) else content, channel)
        output = bytearray()
        try:
            _collect(channel.recv, output)
            writer.join()
            reader.join()
            status = channel.recv_exit_status()
        except TimeoutError as error:
            raise DeployError(f"{self.stack.linode.address}: no answer for {COMMAND_SECONDS} s") from error
        if status < 0:
            raise self._lost()
        return Result(output.decode(errors="replace"), errors.decode(errors="replace"), status)

    def _open(self, text: str) -> Channel:
        transport = self._transport()
        try:
            channel: Channel = transport.open_session()
            channel.settimeout(COMMAND_SECONDS)
            channel.exec_command(text)  # nosec B601 (words are quoted by shell_text)
        except (SSHException, OSError, EOFError) as error:
            raise self._lost(error) from error
        return channel

    def _transport(self) -> Transport:
        transport: Transport | None = self._connection.transport
        if transport is None or not transport.is_active():
            raise self._lost()
        return transport

    def _lost(self, error: Exception | None = None) -> DeployError:
        reason = f" ({error})" if error and str(error) else ""
        return DeployError(f"{self.stack.linode.address}: {LOST}{reason}")


def as_root(text: str) -> str:
    """A shell command as root's.

    sudo writes its whole command line to the log, and a command may hold a kennitala or a secret. So the
    command travels in a file, in memory, which root's shell removes before it begins.
    """
    sudo = shlex.join(["sudo", "-n", "--", "sh", "-c", FROM_FILE, "sh"])
    return f'f=$(mktemp -p /dev/shm) && printf %s {shlex.quote(text)} > "$f" && exec {sudo} "$f"'


def shell_text(command: Command) -> str:
    """A command as the text that a shell takes."""
    return command if isinstance(command, str) else shlex.join(command)


@contextmanager
def connected(stack: Stack, user: str | None = None) -> Iterator[Host]:
    """A host, logged in as the stack's user or another. Raises DeployError if that fails."""
    connection = open_connection(stack, user or stack.linode.user)
    try:
        yield Host(connection, stack)
    finally:
        connection.close()


def _collect(receive: Any, into: bytearray) -> None:
    while data := receive(CHUNK):
        into.extend(data)


def _copy(receive: Any, into: IO[bytes]) -> None:
    while data := receive(CHUNK):
        into.write(data)
        into.flush()


def _send(content: bytes | IO[bytes], channel: Channel) -> None:
    try:
        for data in [content] if isinstance(content, bytes) else iter(lambda: content.read(CHUNK), b""):
            channel.sendall(data)
        channel.shutdown_write()
    except (TimeoutError, OSError):
        return  # The command ended without reading it all; its status says the rest.


def _feed(source: IO[bytes], channel: Channel) -> None:
    while data := source.read(CHUNK):
        channel.sendall(data)
    channel.shutdown_write()


def _in_thread(function: Any, *arguments: Any) -> threading.Thread:
    thread = threading.Thread(target=function, args=arguments, daemon=True)
    thread.start()
    return thread
