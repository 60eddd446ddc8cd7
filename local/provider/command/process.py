"""Runs one command on this machine to its end, shows its output line by line and keeps it.

It can do no more than the real plugin: that one waits for ever at a line of more than 64 KiB, fails at
output that is not UTF-8, and ends a cancelled command by SIGKILL to its first process alone. Here the first
two fail with a reason.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from local.provider.resource_type import ProviderError

CANCEL_POLL_SECONDS = 0.2
LAST_OUTPUT_SECONDS = 1
ERROR_LINES = 30
LONGEST_LINE = 64 * 1024
"""Bytes of one line, with its end: what the real plugin's scanner takes."""

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
        """Run it. Raises ProviderError with the end of its error output if it fails or is cancelled.

        It raises ProviderError, too, if the real plugin could not take the output.
        """
        try:
            child = subprocess.Popen(
                self.arguments,
                cwd=self.directory,
                env={**os.environ, **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except OSError as error:
            raise ProviderError(f"{self.arguments[0]} does not start: {error}") from error
        printed = self._converse(child)
        stdout, stderr = (each.decode(errors="replace") for each in printed)
        if child.returncode:
            end = "\n".join((stderr or stdout).splitlines()[-ERROR_LINES:])
            raise ProviderError(f"exit status {child.returncode}: running {self.arguments[-1]!r}:\n{end}")
        for each in printed:
            _require_printable(each)
        return Output(stdout.removesuffix("\n"), stderr.removesuffix("\n"))

    def _converse(self, child: subprocess.Popen[bytes]) -> tuple[bytes, bytes]:
        """Write to the child and read from it at once, so that no full pipe blocks it."""
        lines: tuple[list[bytes], list[bytes]] = ([], [])
        pumps = [
            threading.Thread(target=_pump, args=(child.stdout, lines[0], self.show_stdout), daemon=True),
            threading.Thread(target=_pump, args=(child.stderr, lines[1], self.show_stderr), daemon=True),
            threading.Thread(target=_feed, args=(child.stdin, self.stdin), daemon=True),
        ]
        for pump in pumps:
            pump.start()
        is_whole = self._wait(child)
        for pump in pumps:
            # What a cancelled command has started goes on, and keeps the output open.
            pump.join(None if is_whole else LAST_OUTPUT_SECONDS)
        return b"".join(lines[0]), b"".join(lines[1])

    def _wait(self, child: subprocess.Popen[bytes]) -> bool:
        """Whether it came to its end by itself."""
        while True:
            try:
                child.wait(CANCEL_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                if self.cancelled():
                    child.kill()
                    child.wait()
                    return False
            else:
                return True


def _pump(stream: IO[bytes], lines: list[bytes], show: Say) -> None:
    with stream:
        for line in stream:
            lines.append(line)
            show(line.decode(errors="replace").rstrip("\n"))


def _feed(stream: IO[bytes], text: str) -> None:
    # It is no failure if a command does not read its input.
    with suppress(BrokenPipeError), stream:
        stream.write(text.encode())


def _require_printable(printed: bytes) -> None:
    """Raise ProviderError at output that the real plugin could not take."""
    if any(len(line) >= LONGEST_LINE for line in printed.split(b"\n")):
        raise ProviderError(f"a line of output has {LONGEST_LINE} bytes or more: the real plugin would hang")
    try:
        printed.decode()
    except UnicodeDecodeError as error:
        raise ProviderError(f"the output is not UTF-8, on which the real plugin fails: {error}") from error
