"""`python -m infra.plugin_output COMMAND …`: runs a command as Pulumi's command plugin can stand it.

The plugin hangs on a line longer than 64 KiB, fails on output that is not UTF-8, and ends a cancelled command
by SIGKILL to the shell alone. So long lines are broken, other bytes are replaced, and the command is asked to
end when this process does.
"""

from __future__ import annotations

import codecs
import ctypes
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from typing import BinaryIO

LONGEST_LINE = 16 * 1024
"""Characters, of which UTF-8 takes up to four bytes each."""
PIECE = 8 * 1024
PR_SET_PDEATHSIG = 1
"""Linux only (`man 2 prctl`)."""


def lines(stream: BinaryIO) -> Iterator[str]:
    """The text of a stream, line by line as it comes, with no line too long."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    begun = ""
    while piece := os.read(stream.fileno(), PIECE):
        *whole, begun = (begun + decoder.decode(piece)).split("\n")
        for line in whole:
            yield from _broken(line)
        while len(begun) > LONGEST_LINE:
            yield begun[:LONGEST_LINE]
            begun = begun[LONGEST_LINE:]
    if rest := begun + decoder.decode(b"", final=True):
        yield from _broken(rest)


def main(words: Sequence[str]) -> int:
    """Run the command with this process's standard input; return its exit status, as a shell counts it."""
    child = subprocess.Popen(
        words,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=_end_with_this_process,  # noqa: PLW1509 (there are no threads yet)
    )
    assert child.stdout  # noqa: S101 (a pipe was asked for)  # nosec B101
    assert child.stderr  # noqa: S101 (a pipe was asked for)  # nosec B101
    pumps = [
        threading.Thread(target=_pump, args=(child.stdout, sys.stdout.buffer)),
        threading.Thread(target=_pump, args=(child.stderr, sys.stderr.buffer)),
    ]
    for pump in pumps:
        pump.start()
    status = child.wait()
    for pump in pumps:
        pump.join()
    return status if status >= 0 else 128 - status


def _pump(stream: BinaryIO, to: BinaryIO) -> None:
    for line in lines(stream):
        to.write(f"{line}\n".encode())
        to.flush()


def _broken(line: str) -> Iterator[str]:
    yield line[:LONGEST_LINE]
    for start in range(LONGEST_LINE, len(line), LONGEST_LINE):
        yield line[start : start + LONGEST_LINE]


def _end_with_this_process() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
