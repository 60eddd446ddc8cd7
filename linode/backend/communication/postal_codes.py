"""Postal codes as staff write them: `101, 105, 200-203`."""

import re

CODE = "^[0-9]{3}$"
PART = re.compile(r"([0-9]{3})(?:\s*-\s*([0-9]{3}))?\Z")


def ranges(written):
    """Pairs of first and last code. Raises ValueError, with the part that is neither a code nor a range."""
    found = []
    for part in [part.strip() for part in written.split(",") if part.strip()]:
        match = PART.match(part)
        if not match or (match.group(2) or match.group(1)) < match.group(1):
            raise ValueError(part)
        found.append((match.group(1), match.group(2) or match.group(1)))
    return found
