"""What is changed in Debian's Django 2.2, each in one place of one file.

A package of Debian's in which a place looks different is refused, so nobody deploys one that nobody has read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from deploy.remote.errors import DeployError

REVISION = 2
"""Part of the wheel's version: raise it with each change here, so that no cache serves an earlier wheel."""


@dataclass(frozen=True)
class Change:
    """The one place in a file that `found` matches becomes `written`."""

    path: str
    found: re.Pattern[bytes]
    written: bytes

    def apply(self, content: bytes) -> bytes:
        """The changed file. Raises DeployError if the place is not there exactly once."""
        changed, number = self.found.subn(self.written, content)
        if number != 1:
            raise DeployError(f"{self.path} of Debian's Django is not as expected: read it, and mend this")
        return changed


PYTHON_36 = Change(
    "django/core/serializers/xml_serializer.py",
    re.compile(rb"^( +)if (\w+) := (.+):$", re.MULTILINE),
    rb"\1\2 = \3\n\1if \2:",
)
"""An assignment expression, which Python 3.6 cannot read, as two lines."""
WHITESPACE_IN_BASE64 = Change(
    "django/http/multipartparser.py",
    re.compile(
        rb"^( +)stripped_chunk = (b\"\"\.join\(chunk\.split\(\)\))\n\n"
        rb"\1remaining = .+\n\1while remaining != 0:\n(?:\1 +.+\n)+",
        re.MULTILINE,
    ),
    rb"\1whole = getattr(field_stream, 'rest_of_base64', b'') + \2\n"
    rb"\1end = len(whole) - len(whole) % 4\n"
    rb"\1field_stream.rest_of_base64 = whole[end:]\n"
    rb"\1stripped_chunk = whole[:end]\n",
)
"""CVE-2026-33033, which Debian's package does not mend: while only whitespace came in a file's base64, four
bytes at a time were read on. Here what does not come out even waits for the next chunk."""
REST_OF_BASE64 = Change(
    WHITESPACE_IN_BASE64.path,
    re.compile(rb"^( +)except SkipFile:$", re.MULTILINE),
    rb"\1    if getattr(field_stream, 'rest_of_base64', b''):\n"
    rb"\1        raise MultiPartParserError('Could not decode base64 data.')\n"
    rb"\1except SkipFile:",
)
"""A file that ends in the middle of four bytes is refused, as before."""
CHANGES = (PYTHON_36, WHITESPACE_IN_BASE64, REST_OF_BASE64)
