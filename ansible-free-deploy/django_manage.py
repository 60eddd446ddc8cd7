"""Runs Django's management commands on the host, with the site's environment and as the site's user.

systemd reads the environment for them, so the secrets in it are seen by that process alone.
"""

from __future__ import annotations

import shlex
import sys
from typing import IO

import layout
from host import Host, Result

MIGRATION_TIMEOUTS = "-c lock_timeout=5s -c statement_timeout=10min"


def manage(
    host: Host,
    arguments: list[str],
    *,
    release: str = layout.CURRENT,
    user: str = layout.APP_USER,
    options: str = "",
) -> Result:
    """Run a command in a release to its end. `options` are PostgreSQL's (PGOPTIONS)."""
    command = manage_command(arguments, release=release, user=user, options=options)
    return host.run(command, what=f"manage.py {arguments[0]}", root=True)


def manage_stream(host: Host, command_line: str, standard_input: IO[bytes] = sys.stdin.buffer) -> int:
    """Run a command of the serving release with this terminal's input and output; its exit status."""
    return host.stream(manage_command(shlex.split(command_line)), root=True, standard_input=standard_input)


def manage_command(
    arguments: list[str], *, release: str = layout.CURRENT, user: str = layout.APP_USER, options: str = ""
) -> str:
    """The shell command, to be run as root."""
    words = [
        "systemd-run",
        "--quiet",
        "--pipe",
        "--wait",
        "--collect",
        "--service-type=exec",
        f"--uid={user}",
    ]
    words += [
        f"--property=EnvironmentFile={path}" for path in (layout.HOST_ENVIRONMENT, layout.DJANGO_ENVIRONMENT)
    ]
    words += [f"--working-directory={release}/backend", "--setenv=PYTHONDONTWRITEBYTECODE=1"]
    words += [f"--setenv=PGOPTIONS={options}"] if options else []
    return shlex.join([*words, f"{release}/environment/bin/python", "manage.py", *arguments])
