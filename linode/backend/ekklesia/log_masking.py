"""Keeps kennitalas out of every line of the logs, and each entry to lines of its own.

Django itself logs the addresses that it refuses, and whoever asks for one chooses what stands in it.
"""

import logging
import re

KENNITALA = re.compile(
    r"(?<![0-9])((?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{2}|[89][0-9]{5})(?:-|%2D)?[0-9]{4}(?![0-9])",
    re.IGNORECASE,
)
"""Ten digits that begin with a day (companies add 40 to it) and a month, with or without the hyphen.

A person who is not registered in Iceland has a number that begins with 8 or 9 and holds no day.
"""
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
"""What ends a line or moves a terminal's cursor."""


def without_kennitalas(text):
    """The text with each kennitala as `010170-****`."""
    return KENNITALA.sub(r"\1-****", text)


def in_one_line(text):
    """The text with each control character written out, so that nobody forges a line."""
    return CONTROL.sub(lambda found: repr(found.group())[1:-1], text)


class MaskingFormatter(logging.Formatter):
    """Masks the whole entry, a traceback included, whose lines are indented."""

    def format(self, record):
        """See logging.Formatter."""
        return without_kennitalas(super().format(record))

    def formatMessage(self, record):  # noqa: N802 - logging's own name
        """See logging.Formatter."""
        return in_one_line(super().formatMessage(record))

    def formatException(self, ei):  # noqa: N802 - logging's own name
        """See logging.Formatter."""
        return "\n".join("  " + in_one_line(line) for line in super().formatException(ei).split("\n"))
