"""Tokens of persons, made on the operator's machine: the host gets to know their digests only."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from deploy.remote.api_callers import digest_of, new_token
from deploy.remote.host import Host
from deploy.remote.manage import manage


@dataclass(frozen=True)
class Wanted:
    """A token as it is asked for; Django checks it."""

    user: str
    name: str
    scopes: str
    days: int


def issue(host: Host, wanted: Wanted, path: Path) -> str:
    """Make a token, tell Django its digest, and write it into a new file of its owner's; what Django said.

    Raises DeployError if Django refuses; then there is no file either.
    """
    token = new_token()
    words = ["api_tokens", "add", f"--user={wanted.user}", f"--name={wanted.name}"]
    words += [f"--scopes={wanted.scopes}", f"--days={wanted.days}"]
    told = manage(host, words, content=digest_of(token))
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(file, "w") as stream:
        stream.write(token + "\n")
    return told.stdout.strip()


def revoke(host: Host, name: str, user: str = "") -> str:
    """Revoke tokens by name; how many there were, in words."""
    words = ["api_tokens", "revoke", f"--name={name}", *([f"--user={user}"] if user else [])]
    return manage(host, words).stdout.strip()


def revoke_all(host: Host) -> str:
    """Revoke every token of every person; how many there were, in words."""
    return manage(host, ["api_tokens", "revoke", "--all"]).stdout.strip()
