"""The connection to the host: one per task, opened lazily, closed at its end.

All commands go through `Host`, as the user who deploys or, if the login has that right, as root. Values get
into a command only by `shlex.join`, content only by standard input.
"""

from __future__ import annotations

import re
import shlex
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from fabric import Connection
from invoke.exceptions import ThreadException
from paramiko import Transport
from paramiko.channel import Channel
from paramiko.ssh_exception import SSHException

from deploy.remote.connection import LOST
from deploy.remote.errors import DeployError, RemoteError
from deploy.remote.plain_text import PlainWriter
from deploy.remote.stack_file import Stack
from deploy.remote.sudo import Sudo

COMMAND_SECONDS = 900
CHUNK = 65536
"""Bytes."""
ROOT = "root"
NO = 1
"""The exit status that says no, of `test`, `flock` and the host's program."""
HARMLESS = re.compile(r"^sudo: unable to resolve host.*$", re.MULTILINE)
"""What sudo says while the host's own name is not known, and does what it was asked all the same."""

Command = str | list[str]
"""A shell command, or the words of one, which are then quoted."""


@dataclass(frozen=True)
class Result:
    """Output and exit status of a command on the host."""

    stdout: str
    stderr: str
    status: int

    def is_yes(self, what: str) -> bool:
        """The answer to a question: yes by the status 0, no by 1 without a complaint.

        Raises RemoteError, naming `what` was tried, if it could not be asked: that is no *no*.
        """
        if self.status == NO and not HARMLESS.sub("", self.stderr).strip():
            return False
        return self.judged(what).status == 0

    def judged(self, what: str) -> Result:
        """Itself. Raises RemoteError, naming `what` was tried, if the command failed."""
        if self.status:
            raise RemoteError(what, self.status, self.stderr or self.stdout)
        return self


class Host:
    """A host that answers. Made by `login.py`."""

    def __init__(self, connection: Connection, stack: Stack, sudo: Sudo | None = None) -> None:
        self._connection = connection
        self._sudo = sudo
        self._held: Channel | None = None
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
        """Run a command to its end with `content` on its standard input, as the user who deploys or as root.

        Raises RemoteError, naming `what` was tried, when it fails and `check` is on.
        """
        text = shell_text(command)
        result = self._execute(text, content, root=root)
        return result.judged(what or text.split()[0]) if check else result

    def stream(
        self, command: Command, *, before: bytes = b"", standard_input: IO[bytes] | None = None
    ) -> int:
        """Run a command with its output going straight to this terminal; return its exit status.

        Its input begins with `before`. It may be quiet for as long as it likes: if the connection is lost
        meanwhile, its keepalive notices.
        """
        channel = self._open(shell_text(command), before)
        channel.settimeout(None)
        if standard_input:
            _in_thread(_feed, standard_input, channel)
        else:
            channel.shutdown_write()
        errors = _in_thread(_copy, channel.recv_stderr, PlainWriter(sys.stderr.buffer))
        _copy(channel.recv, PlainWriter(sys.stdout.buffer))
        errors.join()
        if (status := channel.recv_exit_status()) < 0:
            raise self._lost()
        return status

    def receive(self, command: Command, into: IO[bytes], *, before: bytes = b"", what: str) -> None:
        """Run a command and write its output to a file, byte by byte and however long."""
        channel = self._open(shell_text(command), before)
        channel.shutdown_write()
        errors = bytearray()
        reader = _in_thread(_collect, channel.recv_stderr, errors)
        _copy(channel.recv, into)
        reader.join()
        if status := channel.recv_exit_status():
            raise RemoteError(what, status, errors.decode(errors="replace"))

    def terminal(self, command: Command) -> int:
        """Run a command on this terminal until it ends; its exit status."""
        try:
            status = int(self._connection.run(shell_text(command), pty=True, warn=True, hide=False).exited)
        except (SSHException, OSError, EOFError, ThreadException) as error:
            raise self._lost(error) from error
        if status < 0:
            raise self._lost()
        return status

    def hold(self, command: Command) -> Channel:
        """Start a command that ends with the returned channel at the latest; once it ends, nothing begins."""
        self._held = None
        self._held = self._open(shell_text(command))
        return self._held

    def release(self) -> None:
        """What was held may end now."""
        self._held = None

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

    def _as_user(self, text: str, *, root: bool) -> tuple[str, bytes]:
        """The command as it is run, and what its input begins with."""
        wanted = ROOT if root else self.stack.linode.user
        if self.user in {wanted, ROOT}:
            return text, b""
        if not self._sudo:
            raise DeployError(
                f"{self.user} cannot become {wanted}: this needs {self.stack.linode.provisioner}"
            )
        return self._sudo.command(text, wanted)

    def _execute(self, text: str, content: str | bytes | IO[bytes], *, root: bool = False) -> Result:
        channel = self._open(text, root=root)
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

    def _open(self, text: str, before: bytes = b"", *, root: bool = False) -> Channel:
        """Start a command whose input begins so."""
        command, first = self._as_user(text, root=root)
        transport = self._transport()
        if self._held is not None and self._held.exit_status_ready():
            raise DeployError(f"{self.stack.linode.address}: somebody took the deploy lock away")
        try:
            channel: Channel = transport.open_session()
            channel.settimeout(COMMAND_SECONDS)
            channel.exec_command(command)  # nosec B601 (words are quoted by shell_text)
        except (SSHException, OSError, EOFError) as error:
            raise self._lost(error) from error
        with suppress(TimeoutError, OSError):
            # A command that ended without reading it says why by its status.
            channel.sendall(first + before)
        return channel

    def _transport(self) -> Transport:
        transport: Transport | None = self._connection.transport
        if transport is None or not transport.is_active():
            raise self._lost()
        return transport

    def _lost(self, error: Exception | None = None) -> DeployError:
        reason = f" ({error})" if error and str(error) else ""
        return DeployError(f"{self.stack.linode.address}: {LOST}{reason}")


def shell_text(command: Command) -> str:
    """A command as the text that a shell takes."""
    return command if isinstance(command, str) else shlex.join(command)


def _collect(receive: Any, into: bytearray) -> None:
    while data := receive(CHUNK):
        into.extend(data)


def _copy(receive: Any, into: IO[bytes] | PlainWriter) -> None:
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
