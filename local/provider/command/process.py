"""Runs one command on this machine to its end, shows its output line by line and keeps it."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.provider.resource_type import ProviderError

CANCEL_POLL_SECONDS = 0.2
GRACE_SECONDS = 10
ERROR_LINES = 30

Say = Callable[[str], None]


@dataclass(frozen=True)
class Output:
    """The output of a command, without the last line break."""

    stdout: str
    stderr: str


@dataclass(frozen=True)
class Process:
    """A command with its folder, environment and input."""

    arguments: list[str]
    directory: Path
    environment: Mapping[str, str]
    """Variables that are added to the provider's own."""
    stdin: str
    show_stdout: Say
    show_stderr: Say
    cancelled: Callable[[], bool]

    def run(self) -> Output:
        """Run it. Raises ProviderError with the end of its error output if it fails or is cancelled."""
        try:
            child = subprocess.Popen(
                self.arguments,
                cwd=self.directory,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                errors="replace",
                start_new_session=True,
            )
        except OSError as error:
            raise ProviderError(f"{self.arguments[0]} does not start: {error}") from error
        stdout, stderr = self._converse(child)
        if child.returncode:
            end = "\n".join((stderr or stdout).splitlines()[-ERROR_LINES:])
            raise ProviderError(f"exit status {child.returncode}: running {self.arguments[-1]!r}:\n{end}")
        return Output(stdout.removesuffix("\n"), stderr.removesuffix("\n"))

    def _converse(self, child: subprocess.Popen[str]) -> tuple[str, str]:
        """Write to the child and read from it at once, so that no full pipe blocks it."""
        lines: tuple[list[str], list[str]] = ([], [])
        pumps = [
            threading.Thread(target=_pump, args=(child.stdout, lines[0], self.show_stdout)),
            threading.Thread(target=_pump, args=(child.stderr, lines[1], self.show_stderr)),
            threading.Thread(target=_feed, args=(child.stdin, self.stdin)),
        ]
        for pump in pumps:
            pump.start()
        self._wait(child)
        for pump in pumps:
            pump.join()
        return "".join(lines[0]), "".join(lines[1])

    def _wait(self, child: subprocess.Popen[str]) -> None:
        while True:
            try:
                child.wait(CANCEL_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if self.cancelled():
                    return _end(child)
            else:
                return None


def _pump(stream: IO[str], lines: list[str], show: Say) -> None:
    with stream:
        for line in stream:
            lines.append(line)
            show(line.rstrip("\n"))


def _feed(stream: IO[str], text: str) -> None:
    # It is no failure if a command does not read its input.
    with suppress(BrokenPipeError), stream:
        stream.write(text)


def _end(child: subprocess.Popen[str]) -> None:
    """End the whole process group: by SIGTERM, then by SIGKILL."""
    os.killpg(child.pid, signal.SIGTERM)
    try:
        child.wait(GRACE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
        child.wait()
