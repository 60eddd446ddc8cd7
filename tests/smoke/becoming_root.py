"""Lets testinfra's `host.sudo()` work for a user whom sudo asks for a password, by standard input."""

from __future__ import annotations

import subprocess

import pytest
from testinfra.backend.base import CommandResult
from testinfra.backend.ssh import SshBackend

from deploy.remote.stack_file import Stack
from deploy.remote.sudo import password_of

SUDO = "sudo -k -S"
"""With -k it always asks; without, the password might become the command's input."""


def send_password(stack: Stack, patch: pytest.MonkeyPatch) -> None:
    """Change testinfra's way to a host so that sudo gets the password. It asks a person at most once."""

    def sudo_command(backend: SshBackend, command: str, user: str | None) -> str:
        return str(backend.quote(f"{SUDO} -p '' -u %s /bin/sh -c %s", user or "root", command))

    def run_local(backend: SshBackend, command: str, *arguments: str) -> CommandResult:
        text = backend.encode(backend.quote(command, *arguments))
        sent = _password(stack) if SUDO.encode() in text else b""
        done = subprocess.run(text, shell=True, input=sent, capture_output=True, check=False)  # noqa: S602 (as testinfra does)
        return backend.result(done.returncode, text, done.stdout, done.stderr)

    patch.setattr(SshBackend, "get_sudo_command", sudo_command)
    patch.setattr(SshBackend, "run_local", run_local)


def _password(stack: Stack) -> bytes:
    linode = stack.linode
    return f"{password_of(linode.provisioner, linode.address, stack.sudo_password)}\n".encode()
