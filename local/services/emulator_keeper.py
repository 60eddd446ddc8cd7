"""Runs an emulator that has its data in memory only, and saves the data to disk when the emulator ends.

The emulator is a child of this process in a session of its own, so that a signal to this process's group does
not end it before its data is saved. If this process is killed, the kernel ends the child as well. The data is
also saved now and then, since it is lost if the emulator crashes.
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
"""Seconds between two saves of an emulator that is in use."""
IDLE_SHARE = 0.02
"""An emulator counts as unused since the last save below this share of one processor."""
END_SECONDS = 10.0
POLL_SECONDS = 0.2
PR_SET_PDEATHSIG = 1
"""The option of prctl(2) that sets the signal which a process gets when its parent ends."""
log = logging.getLogger("keeper")


class Emulator(Protocol):
    """One emulator and its data on disk."""

    def command(self) -> Sequence[str]:
        """The command that starts it with the saved data."""

    def environment(self) -> Mapping[str, str] | None:
        """Its environment, or None for the environment of this process."""

    def after_start(self) -> None:
        """Load the saved data if that needs a request. Raises httpx.TransportError until it answers."""

    def save(self) -> None:
        """Save its data to disk, all of it or nothing. Raises httpx.HTTPError if it does not answer."""


class EndRequestedError(Exception):
    """A signal asks this process to end."""


def keep(emulator: Emulator, mark: Path) -> None:
    """Run the emulator until it ends or a signal comes; then end this process with its status.

    `mark` is a file that exists while the emulator runs with its data loaded.
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
        # A second signal must not interrupt the saving.
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
    """Save now and then; return when the child has ended by itself."""
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
