"""The kennitala: ten digits, stored without a hyphen. Since February 2026 new ones have no check digit."""

import re

PATTERN = re.compile(r"\A[0-9]{10}\Z")


def is_kennitala(value):
    """Whether a value is a kennitala as it is stored."""
    return isinstance(value, str) and PATTERN.match(value) is not None


def masked(value):
    """A kennitala as logs and lists show it: `010170-****`."""
    return "{}-****".format(value[:6]) if value else ""
