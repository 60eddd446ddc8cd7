"""Runs a world's processes under supervisord: one daemon per world, one ini file per program.

Owns starting, stopping and asking about programs. Leaves *which* programs there are to the providers and
to `services/`. The daemon outlives the command that started it; a program that dies is started again; each
program's output goes to `.local/NAME/logs/PROGRAM.log`. A program's process group is ended whole.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xmlrpc.client  # nosec B411 - only our own supervisord answers
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

from supervisor.xmlrpc import Faults, SupervisorTransport  # type: ignore[import-untyped]

from local.exclusive import exclusively
from local.supervisor_configuration import (
    Program,
    SupervisorError,
    daemon_ini,
    log_path,
    program_ini,
    socket_path,
)
from local.world import World

__all__ = [
    "Program",
    "ProgramStatus",
    "SupervisorError",
    "is_running",
    "log_path",
    "log_tail",
    "programs",
    "put_program",
    "remove_program",
    "restart_program",
    "socket_path",
    "start_daemon",
    "start_program",
    "stop_daemon",
    "stop_program",
    "wait_ready",
]

DAEMON_PATIENCE_SECONDS = 30.0
READY_PATIENCE_SECONDS = 60.0
POLL_SECONDS = 0.05
LOG_TAIL_LINES = 20
INHERITED = frozenset(
    {
        *("PATH", "HOME", "LANG", "TMPDIR", "JAVA_HOME", "USER"),
        # uv, which makes the functions' Python environments, finds its index by these and by its own.
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "https_proxy", "NO_PROXY", "no_proxy"),
    }
)
BROKEN_STATES = frozenset({"BACKOFF", "EXITED", "FATAL", "UNKNOWN"})
UP_STATES = frozenset({"STARTING", "RUNNING"})


@dataclass(frozen=True)
class ProgramStatus:
    """The supervisor's facts about a program. `since`: seconds since the epoch, 0 if it was never started."""

    name: str
    state: str
    pid: int
    since: float
    exit_status: int
    detail: str


def log_tail(world: World, name: str, lines: int = LOG_TAIL_LINES) -> str:
    """The last lines of a program's log; empty if it has none."""
    try:
        text = log_path(world, name).read_text(errors="replace")
    except FileNotFoundError:
        return ""
    return "\n".join(text.splitlines()[-lines:])


def is_running(world: World) -> bool:
    """Whether the world's supervisord answers."""
    try:
        with _daemon(world) as daemon:
            daemon.getState()
    except (OSError, HTTPException, xmlrpc.client.Error):
        return False
    return True


def start_daemon(world: World) -> None:
    """Start the world's supervisord and its autostart programs. A daemon that runs already is left alone."""
    for folder in ("logs", "programs"):
        (world.state / folder).mkdir(parents=True, exist_ok=True)
    with _changing(world):
        if is_running(world):
            return
        configuration = world.state / "supervisord.conf"
        configuration.write_text(daemon_ini(world))
        command = [sys.executable, "-m", "supervisor.supervisord", "-c", str(configuration)]
        started = subprocess.run(
            command, env=_daemon_environment(), capture_output=True, text=True, check=False
        )
        if started.returncode:
            raise SupervisorError(f"supervisord does not start: {(started.stderr or started.stdout).strip()}")
        _wait(lambda: is_running(world), DAEMON_PATIENCE_SECONDS, "supervisord does not answer")


def stop_daemon(world: World) -> None:
    """Stop all programs and the daemon; return when they have ended."""
    if not is_running(world):
        return
    with _daemon(world) as daemon:
        with suppress(xmlrpc.client.Fault):
            daemon.stopAllProcesses(True)
        daemon.shutdown()
    pidfile = world.state / "supervisord.pid"
    _wait(
        lambda: not is_running(world) and not pidfile.exists(), DAEMON_PATIENCE_SECONDS, "supervisord stays"
    )


def put_program(world: World, program: Program) -> None:
    """Declare a program; start it if it is to start by itself. An unchanged running one is left alone."""
    path = _program_path(world, program.name)
    text = program_ini(world, program)
    if path.exists() and path.read_text() == text:
        if program.autostart:
            start_program(world, program.name)
        return
    stop_program(world, program.name)
    with _changing(world):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        _reload(world, program.name)


def remove_program(world: World, name: str) -> None:
    """Stop a program and remove it; its log stays. It is no error if there is none."""
    if is_running(world):
        stop_program(world, name)
    with _changing(world):
        _program_path(world, name).unlink(missing_ok=True)
        if is_running(world):
            _reload(world, name)


def start_program(world: World, name: str) -> None:
    """Start a declared program, without waiting until it is ready."""
    with _tolerating(Faults.ALREADY_STARTED), _daemon(world) as daemon:
        daemon.startProcess(name, False)


def stop_program(world: World, name: str) -> None:
    """Stop a program's whole process group and wait; it stays declared. It is no error if it does not run."""
    with _tolerating(Faults.NOT_RUNNING, Faults.BAD_NAME), _daemon(world) as daemon:
        daemon.stopProcess(name, True)


def restart_program(world: World, name: str) -> None:
    """Stop a program and start it again."""
    stop_program(world, name)
    start_program(world, name)


def programs(world: World) -> dict[str, ProgramStatus]:
    """Every declared program by name; empty if the daemon does not run."""
    try:
        with _daemon(world) as daemon:
            answer = daemon.getAllProcessInfo()
    except (OSError, HTTPException):
        return {}
    rows = cast(list[dict[str, Any]], answer)
    return {
        row["name"]: ProgramStatus(
            name=row["name"],
            state=row["statename"],
            pid=row["pid"],
            since=float(row["start"]),
            exit_status=row["exitstatus"],
            detail=row["spawnerr"] or row["description"],
        )
        for row in rows
    }


def wait_ready(
    world: World, name: str, probe: Callable[[], bool], seconds: float = READY_PATIENCE_SECONDS
) -> None:
    """Wait until the probe of a started program says that it serves.

    Raises SupervisorError with the end of its log if the program dies, or after that many seconds.
    """
    deadline = time.monotonic() + seconds
    while not probe():
        status = programs(world).get(name)
        if status is None:
            raise SupervisorError(f"{name} is not a program of world {world.name!r}")
        if status.state in BROKEN_STATES:
            raise SupervisorError(_with_log_end(world, name, f"{name} does not stay up ({status.detail})"))
        if time.monotonic() > deadline:
            raise SupervisorError(_with_log_end(world, name, f"{name} is not ready after {seconds:.0f} s"))
        time.sleep(POLL_SECONDS)


def _with_log_end(world: World, name: str, what: str) -> str:
    tail = log_tail(world, name)
    return f"{what}; the end of {log_path(world, name)}:\n{tail}" if tail else what


@contextmanager
def _daemon(world: World) -> Iterator[Any]:
    """The daemon's XML-RPC interface."""
    # Supervisor's transport uses the unix socket; the URL is never resolved.
    transport = SupervisorTransport(serverurl=f"unix://{socket_path(world)}")
    with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as proxy:
        yield proxy.supervisor


def _reload(world: World, name: str) -> None:
    """Have the daemon read one program's ini file again. The caller holds the lock."""
    with _daemon(world) as daemon:
        added, changed, removed = cast(list[list[list[str]]], daemon.reloadConfig())[0]
        if name in changed or name in removed:
            # Between an exit and its restart a program counts as stopped, but it may run again by now.
            daemon.stopProcessGroup(name, True)
            daemon.removeProcessGroup(name)
        if name in added or name in changed:
            daemon.addProcessGroup(name)


def _program_path(world: World, name: str) -> Path:
    return world.state / "programs" / f"{name}.ini"


def _daemon_environment() -> dict[str, str]:
    """What programs inherit from the caller: only where things are found."""
    return {name: value for name, value in os.environ.items() if name in INHERITED or name.startswith("UV_")}


def _changing(world: World) -> AbstractContextManager[None]:
    """Only one at a time may change the programs: Pulumi creates functions in parallel."""
    return exclusively(world.state / "supervisor.lock")


@contextmanager
def _tolerating(*codes: int) -> Iterator[None]:
    try:
        yield
    except xmlrpc.client.Fault as fault:
        if fault.faultCode not in codes:
            raise SupervisorError(fault.faultString) from fault
    except (OSError, HTTPException) as error:
        raise SupervisorError("the world's supervisord does not answer; run `make up`") from error


def _wait(condition: Callable[[], bool], seconds: float, complaint: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SupervisorError(f"{complaint} after {seconds:.0f} s")
        time.sleep(POLL_SECONDS)
