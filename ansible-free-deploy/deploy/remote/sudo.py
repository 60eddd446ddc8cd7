"""How a login becomes another user on the host: by sudo, with a password or without.

A command travels on standard input, behind the password, and so does its content. So no command line shows
any of them, and neither does sudo's log.
"""

from __future__ import annotations

import getpass
import shlex
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from deploy.remote.errors import DeployError
from deploy.remote.stack_file import Stack

FROM_INPUT = 'cd /; eval "$(head -c "$1")"'
"""The script of the other user's shell: run the command that its input begins with, so many bytes long."""


@dataclass(frozen=True)
class Sudo:
    """The right of a login to become anybody; `password` is empty if sudo asks for none."""

    password: str = ""

    def command(self, text: str, user: str) -> tuple[str, bytes]:
        """A shell command as another user's: what is run, and what its input begins with."""
        content = text.encode()
        # Without -k sudo might not ask, and the password would become the command's input.
        how = ["-k", "-S", "-p", ""] if self.password else ["-n"]
        words = ["sudo", *how, "-u", user, "--", "sh", "-c", FROM_INPUT, "sh", str(len(content))]
        asked = f"{self.password}\n".encode() if self.password else b""
        return f"exec {shlex.join(words)}", asked + content


@cache
def password_of(user: str, where: str, file: Path | None) -> str:
    """The sudo password of a user of a host: a world's own, else asked for once, on this terminal."""
    if file and file.exists():
        return file.read_text().strip()
    return _asked(f"Password of {user} on {where}, for sudo: ")


def new_password(stack: Stack) -> str:
    """A password for the user who provisions: a world's own, else one that is typed twice."""
    if stack.sudo_password:
        return stack.sudo_password.read_text().strip()
    first = _asked(f"A new password for {stack.linode.provisioner}, for sudo (15 characters or more): ")
    if len(first) < 15 or first != _asked("The same again: "):
        raise DeployError("the two differ or are shorter than 15 characters; nothing was changed")
    return first


def _asked(question: str) -> str:
    if not sys.stdin.isatty():
        raise DeployError("a password has to be typed, and there is no terminal to ask for it on")
    return getpass.getpass(question)
