"""Runs an emulator that keeps its data in memory, and keeps the data for it: on disk when the emulator ends.

The emulator is a child of this process in a session of its own, so that a signal to the group of this process
does not end it before its data is saved; should this process be killed, the kernel ends the child as well.
A copy is also made now and then, since nothing can be saved after a crash.
"""

from __future__ import annotations

import ctypes
import logging
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import httpx
import psutil

SAVE_EVERY = 60.0
"""Seconds between two copies of an emulator that is in use."""
IDLE_SHARE = 0.02
"""The share of one processor below which an emulator counts as not used since the last copy."""
END_SECONDS = 10.0
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1
"""prctl(2): the signal that a process gets when its parent ends."""
log = logging.getLogger("keeper")


class Emulator(Protocol):
    """One emulator and its data on disk."""

    def command(self) -> Sequence[str]:
        """How it is started, with what it needs to begin with the kept data."""

    def environment(self) -> Mapping[str, str] | None:
        """Its environment; None for this process's own."""

    def after_start(self) -> None:
        """Give it the kept data where that takes a request. Raises httpx.TransportError while it is down."""

    def save(self) -> None:
        """Write its data to disk, whole or not at all. Raises httpx.HTTPError where it does not answer."""


class EndRequestedError(Exception):
    """This process is asked to end."""


def keep(emulator: Emulator, mark: Path) -> None:
    """Run the emulator until a signal comes or it ends by itself; then end this process with its status.

    `mark` is a file that is there from the time when the emulator has its kept data back.
    """
    mark.unlink(missing_ok=True)
    signal.signal(signal.SIGTERM, _request_end)
    signal.signal(signal.SIGINT, _request_end)
    child = subprocess.Popen(
        emulator.command(),
        env=emulator.environment(),
        start_new_session=True,
        preexec_fn=_end_with_parent,  # noqa: PLW1509 - this process has no threads
    )
    try:
        _await_start(emulator, child)
        mark.parent.mkdir(parents=True, exist_ok=True)
        mark.touch()
        _watch(emulator, child)
    except EndRequestedError:
        # A second signal must not break the saving off.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        _save(emulator)
        _end(child)
        sys.exit(0)
    sys.exit(child.returncode or 1)


def _await_start(emulator: Emulator, child: subprocess.Popen[bytes]) -> None:
    while child.poll() is None:
        try:
            emulator.after_start()
        except httpx.TransportError:
            time.sleep(POLL_SECONDS)
        else:
            return


def _watch(emulator: Emulator, child: subprocess.Popen[bytes]) -> None:
    """Return when the child has ended by itself."""
    process = psutil.Process(child.pid)
    used = _processor_seconds(process)
    while child.poll() is None:
        try:
            child.wait(SAVE_EVERY)
        except subprocess.TimeoutExpired:
            if _processor_seconds(process) - used > SAVE_EVERY * IDLE_SHARE:
                _save(emulator)
            used = _processor_seconds(process)


def _processor_seconds(process: psutil.Process) -> float:
    try:
        times = process.cpu_times()
    except psutil.Error:
        return 0.0
    return float(times.user + times.system)


def _save(emulator: Emulator) -> None:
    try:
        emulator.save()
    except (httpx.HTTPError, OSError) as error:
        log.error("the data could not be saved: %s", error or type(error).__name__)


def _end(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _request_end(_number: int, _frame: object) -> None:
    raise EndRequestedError


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
