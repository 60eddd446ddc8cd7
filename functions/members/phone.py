"""Phone numbers: seven digits in Iceland, `+` and the whole number (E.164) anywhere else.

Which numbers there are is said by the field map's pattern.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\s().\-/\u2010-\u2015]")
_ICELAND = re.compile(r"^(?:\+354|00354|354)(?=\d{7}$)", re.ASCII)


def normalise(text: str) -> str:
    """The one spelling of a number; what is none comes back in some form."""
    digits = _ICELAND.sub("", _MARKS.sub("", unicodedata.normalize("NFKC", text)))
    return "+" + digits[2:] if digits.startswith("00") else digits
