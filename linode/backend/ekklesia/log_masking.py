"""Keeps kennitalas out of every line of the logs: Django itself logs the addresses that it refuses."""

import logging
import re

KENNITALA = re.compile(
    r"(?<![0-9])((?:[04][1-9]|[1256][0-9]|[37][01])(?:0[1-9]|1[0-2])[0-9]{2})(?:-|%2D)?[0-9]{4}(?![0-9])",
    re.IGNORECASE,
)
"""Ten digits that begin with a day (companies add 40 to it) and a month, with or without the hyphen."""


def without_kennitalas(text):
    """The text with each kennitala as `010170-****`."""
    return KENNITALA.sub(r"\1-****", text)


class MaskingFormatter(logging.Formatter):
    """Masks the whole line, a traceback included."""

    def format(self, record):
        """See logging.Formatter."""
        return without_kennitalas(super().format(record))
