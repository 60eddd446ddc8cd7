"""The Icelandic identity number: the key of a member, as people write it, and masked in logs and answers.

No check digit is looked at: numbers given out since 18 February 2026 carry none.
"""

from __future__ import annotations

import re
import unicodedata

HYPHENS = "-\u2010\u2011\u2012\u2013\u2212"
_TEN_DIGITS = re.compile(r"[0-9]{10}")
_IN_TEXT = re.compile(r"(?<!\d)(\d{6})-?\d{4}(?!\d)")


class InvalidKennitalaError(ValueError):
    """A text that is no kennitala."""

    def __init__(self) -> None:
        super().__init__("a kennitala is ten digits")


def is_kennitala(text: str) -> bool:
    """Whether a text can be a member's key: ten digits, whatever they mean."""
    return _TEN_DIGITS.fullmatch(text) is not None


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


def mask(text: str) -> str:
    """Show every kennitala in a text as `010170-****`; any other ten digits are masked as well."""
    return _IN_TEXT.sub(r"\1-****", text)
