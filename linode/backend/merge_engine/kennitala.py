"""The kennitala: ten digits, stored bare. No check digit: numbers issued since February 2026 carry none."""

import re

PATTERN = re.compile(r"\A[0-9]{10}\Z")


def is_kennitala(value):
    """Whether a value is a kennitala as it is stored."""
    return isinstance(value, str) and PATTERN.match(value) is not None


def masked(value):
    """A kennitala as logs and lists show it: `010170-****`."""
    return "{}-****".format(value[:6]) if value else ""
