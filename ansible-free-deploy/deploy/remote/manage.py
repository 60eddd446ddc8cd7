"""Runs Django's management commands on the host, with the site's environment and as the site's user.

The host's program has systemd run them (`linode/host/ekklesia_host/django.py`).
"""

from __future__ import annotations

import sys
from typing import IO, Literal

from deploy.remote import layout
from deploy.remote.host import Host, Result
from deploy.remote.verbs import Argument, ask, command_of, stream

TAKE_TOKENS = ["ensure_api_token", f"--file={layout.API_TOKENS}"]
"""The command that takes the functions' tokens over from the file on the host."""
SERVING = "current"
"""Instead of a release's name: the one that serves."""

Database = Literal["live", "restored", "drill"]
"""Which database Django uses: the live one, or one that was restored beside it."""


def manage(  # noqa: PLR0913 (all but two by name)
    host: Host,
    arguments: list[str],
    *,
    release: str = SERVING,
    timeouts: bool = False,
    database: Database = "live",
    guard: bool = False,
    content: str = "",
) -> Result:
    """Run a command in a release to its end.

    With `timeouts` it runs under those of a migration on a site that serves. With `guard`, a later deploy
    waits for its end. `content` is its input.
    """
    wanted = _command(arguments, release=release, timeouts=timeouts, database=database)
    return ask(host, "manage", wanted, what=f"manage.py {arguments[0]}", guard=guard, content=content)


def answer_of(host: Host, release: str) -> str:
    """What a release would answer that does not serve yet: its application is loaded and asked once."""
    return ask(host, "trial", {"release": release}).stdout.strip()


def boot_on(host: Host, database: Database) -> str:
    """What the serving release says about itself, as JSON, if it runs on another database.

    Its application is loaded and asked: `health`, the API's status, and how many members it sees.
    """
    return ask(host, "boot", {"database": database}, what="boot of the app").stdout.strip()


def manage_stream(host: Host, words: list[str], standard_input: IO[bytes] = sys.stdin.buffer) -> int:
    """Run a command of the serving release with this process's input and output; its exit status."""
    return stream(host, "manage", _command(words), standard_input)


def shell(host: Host) -> int:
    """Django's shell, of the serving release, on this terminal; its exit status."""
    return host.terminal(command_of("shell"))


def _command(
    words: list[str], *, release: str = SERVING, timeouts: bool = False, database: Database = "live"
) -> dict[str, Argument]:
    return {"words": words, "release": release, "timeouts": timeouts, "database": database}
