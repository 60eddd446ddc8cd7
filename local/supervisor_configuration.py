"""The files that supervisord reads: its own settings and one ini file per program, quoted for its parser."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from local.world import World, WorldError

DAEMON_INI = """\
[unix_http_server]
file = {socket}
chmod = 0600

[supervisord]
logfile = {state}/logs/supervisord.log
logfile_maxbytes = 5MB
logfile_backups = 1
pidfile = {state}/supervisord.pid
directory = {state}
childlogdir = {state}/logs
{user}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[include]
files = {state}/programs/*.ini
"""

PROGRAM_INI = """\
[program:{name}]
command = {command}
directory = {directory}
environment = {environment}
autostart = {autostart}
autorestart = true
startsecs = 1
startretries = 5
stopsignal = {stop_signal}
stopwaitsecs = {stop_seconds}
stopasgroup = true
killasgroup = true
redirect_stderr = true
stdout_logfile = {log}
stdout_logfile_maxbytes = 10MB
stdout_logfile_backups = 1
"""


class SupervisorError(WorldError):
    """The supervisor could not do what was asked; the message says what and shows the end of the log."""


@dataclass(frozen=True)
class Program:
    """One process to keep running.

    `environment` is added to the daemon's own small one and stands in a file: never put a secret there.
    With `autostart` off the program can be started by name but does not start with the world.
    """

    name: str
    command: list[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 10
    autostart: bool = True


def socket_path(world: World) -> Path:
    """The unix socket of the world's supervisord."""
    return world.state / "supervisor.sock"


def log_path(world: World, name: str) -> Path:
    """The file to which a program's output goes."""
    return world.state / "logs" / f"{name}.log"


def daemon_ini(world: World) -> str:
    """The daemon's settings. Supervisor warns unless it is told to run as root."""
    user = "user = root\n" if os.geteuid() == 0 else ""
    return DAEMON_INI.format(socket=_ini(str(socket_path(world))), state=_ini(str(world.state)), user=user)


def program_ini(world: World, program: Program) -> str:
    """A program's section. Raises SupervisorError for values that cannot be written there."""
    environment = ",".join(f'{key}="{_quotable(value)}"' for key, value in program.environment.items())
    return PROGRAM_INI.format(
        name=program.name,
        command=_ini(shlex.join(program.command)),
        directory=_ini(str(program.directory or world.state)),
        environment=_ini(environment),
        autostart=str(program.autostart).lower(),
        stop_signal=program.stop_signal,
        stop_seconds=program.stop_seconds,
        log=_ini(str(log_path(world, program.name))),
    )


def _quotable(value: str) -> str:
    if '"' in value:
        raise SupervisorError("supervisor's environment cannot hold a double quote")
    return value


def _ini(value: str) -> str:
    """A value for supervisor's ini file, in which `%` expands and ` ;` or ` #` begins a comment."""
    if any(mark in value for mark in ("\n", " ;", " #")):
        raise SupervisorError("supervisor's configuration cannot hold a line break, ' ;' or ' #'")
    return value.replace("%", "%%")
