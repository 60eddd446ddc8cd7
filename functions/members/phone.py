"""Phone numbers: seven digits in Iceland, `+` and the whole number (E.164) anywhere else."""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\s().\-/\u2010-\u2015]")
_ICELAND = re.compile(r"^(?:\+354|00354|354)(?=\d{7}$)", re.ASCII)
_SEVEN_DIGITS = re.compile(r"[0-9]{7}")
_FOREIGN = re.compile(r"\+[1-9][0-9]{4,14}")


class InvalidPhoneError(ValueError):
    """A text that is no phone number."""

    def __init__(self) -> None:
        super().__init__("a phone number has 7 digits, or + and 5 to 15 digits for a number abroad")


def normalise(text: str) -> str:
    """The one spelling of a number. Raises InvalidPhoneError."""
    digits = _ICELAND.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", text)))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not _SEVEN_DIGITS.fullmatch(digits) and not _FOREIGN.fullmatch(digits):
        raise InvalidPhoneError
    return digits
