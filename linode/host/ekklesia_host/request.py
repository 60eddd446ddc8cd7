"""The first line of standard input: the arguments of a verb. What comes after it is left for the verb."""

import json
import os

from ekklesia_host.errors import HostError

LONGEST = 256 * 1024
"""Bytes."""


def read(descriptor=0):
    """The request, read byte by byte so that nothing behind the line is taken. Raises HostError."""
    line = bytearray()
    while not line.endswith(b"\n"):
        byte = os.read(descriptor, 1)
        if not byte or len(line) >= LONGEST:
            raise HostError("the request is cut off or too long")
        line += byte
    try:
        return json.loads(line.decode("utf-8"))
    except ValueError:
        raise HostError("the request is no JSON")
