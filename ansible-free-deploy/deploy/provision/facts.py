"""The state of the host, read without changing it: each fact is a command and a reading of its output.

For each, `operations.py` has an operation of the same name, with what has to be done.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from deploy.remote.errors import DeployError


@dataclass(frozen=True)
class Fact:
    """A question to the host. The command must succeed whatever the answer is."""

    command: str
    read: Callable[[str], Any]


def packages(names: list[str]) -> Fact:
    """Which of these packages are installed? A set of names."""
    query = "dpkg-query --show --showformat '${Package} ${db:Status-Status}\\n' " + shlex.join(names)
    return Fact(f"{query} 2>/dev/null || true", _installed)


def file(path: str) -> Fact:
    """A file's `owner`, `group`, `mode` and `sha256`; None if there is no file."""
    quoted = shlex.quote(path)
    command = (
        f"[ -f {quoted} ] && stat -c '%U %G %a' {quoted} && sha256sum < {quoted} | cut -d' ' -f1 || true"
    )
    return Fact(command, _file)


def directory(path: str) -> Fact:
    """A directory's `owner`, `group` and `mode`; None if there is none."""
    quoted = shlex.quote(path)
    return Fact(f"[ -d {quoted} ] && stat -c '%U %G %a' {quoted} || true", _directory)


def link(path: str) -> Fact:
    """Where a symbolic link points, empty if there is none."""
    return Fact(f"readlink {shlex.quote(path)} || true", str.strip)


def user(name: str) -> Fact:
    """A user's groups; None if there is no such user."""
    return Fact(f"id -Gn {shlex.quote(name)} 2>/dev/null || true", lambda text: set(text.split()) or None)


def unit(name: str) -> Fact:
    """Whether a systemd unit is `enabled`, `active` and `masked`."""
    quoted = shlex.quote(name)
    return Fact(f"systemctl is-enabled {quoted} || true; systemctl is-active {quoted} || true", _unit)


def lock_holders(pattern: str) -> Fact:
    """Who holds a lock whose path fits: `COMMAND (PID)` each, in their order."""
    asked = f"lslocks --noheadings --output PATH,PID,COMMAND | grep -E '{pattern}' || true"
    return Fact(
        asked,
        lambda text: sorted(
            {f"{row[2]} ({row[1]})" for line in text.splitlines() if len(row := line.split()) > 2}
        ),
    )


def several(asked: list[Fact]) -> Fact:
    """The answers to several questions, in their order."""
    commands = [f"( {fact.command}\n)" for fact in asked]
    # An answer may itself be of several questions, so the line between two is like no other.
    between = f"--- {sha256(repr(commands).encode()).hexdigest()} ---"
    command = f"\necho '{between}'\n".join(commands)

    def read(text: str) -> list[Any]:
        answers = text.split(f"{between}\n") if text else [""] * len(asked)
        if len(answers) != len(asked):
            raise DeployError("the host did not answer every question about its state; try again")
        return [fact.read(answer) for fact, answer in zip(asked, answers, strict=True)]

    return Fact(command, read)


def succeeds(command: str) -> Fact:
    """Does this command succeed? A truth value."""
    return Fact(f"if {command} >/dev/null 2>&1; then echo yes; fi", lambda text: text.strip() == "yes")


def _installed(text: str) -> set[str]:
    rows = [line.split() for line in text.splitlines()]
    return {row[0] for row in rows if row[-1] == "installed"}


def _file(text: str) -> dict[str, str] | None:
    words = text.split()
    return dict(zip(("owner", "group", "mode", "sha256"), words, strict=True)) if words else None


def _directory(text: str) -> dict[str, str] | None:
    words = text.split()
    return dict(zip(("owner", "group", "mode"), words, strict=True)) if words else None


def _unit(text: str) -> dict[str, bool]:
    words = text.split()
    masked = bool({"masked", "masked-runtime"} & set(words))
    return {"enabled": "enabled" in words, "active": "active" in words, "masked": masked}
