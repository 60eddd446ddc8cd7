"""The Icelandic identity number as people write it.

No check digit is looked at: numbers given out since 18 February 2026 carry none.
"""

from __future__ import annotations

import unicodedata

from sync.kennitala import is_kennitala

HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"


class InvalidKennitalaError(ValueError):
    """A text that is no kennitala."""

    def __init__(self) -> None:
        super().__init__("a kennitala is ten digits")


def normalise(text: str) -> str:
    """Ten bare digits, from `010170-1234` or with any spaces. Raises InvalidKennitalaError."""
    plain = unicodedata.normalize("NFKC", text)
    digits = "".join(letter for letter in plain if not letter.isspace() and letter not in HYPHENS)
    if not is_kennitala(digits):
        raise InvalidKennitalaError
    return digits


def display(kennitala: str) -> str:
    """As people read it: `010170-1234`."""
    return f"{kennitala[:6]}-{kennitala[6:]}"
