"""Text from a host as it may be shown: nothing in it steers this terminal or turns the direction of reading.

Whoever took over a site, or a login on its host, chooses what its log, its journal and its answers say.
"""

from __future__ import annotations

import codecs
import re
from typing import IO

STEERING = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\r(?!\n)"
)
"""All control characters but those that end a line, and a tab; and marks of the direction of reading."""


def plain(text: str) -> str:
    """The text with each of them written out."""
    return STEERING.sub(lambda found: repr(found.group())[1:-1], text)


class PlainWriter:
    """Writes to a terminal what comes in pieces; to anything else, byte by byte as it came."""

    def __init__(self, into: IO[bytes]) -> None:
        self._into = into
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace") if into.isatty() else None

    def write(self, data: bytes) -> None:
        """Write a piece; a letter that it cuts in two waits for the next."""
        self._into.write(plain(self._decoder.decode(data)).encode() if self._decoder else data)

    def flush(self) -> None:
        """See io.IOBase."""
        self._into.flush()
