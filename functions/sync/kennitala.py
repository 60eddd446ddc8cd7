"""The key of a member as the sync sees it: ten digits, and masked for those who need not know it."""

from __future__ import annotations

import re

_TEN_DIGITS = re.compile(r"[0-9]{10}")
_IN_TEXT = re.compile(r"(?<!\d)(\d{6})-?\d{4}(?!\d)")


def is_kennitala(text: str) -> bool:
    """Whether a text can be a member's key; what the digits mean is the register's business."""
    return _TEN_DIGITS.fullmatch(text) is not None


def mask(text: str) -> str:
    """Every kennitala in a text as `010170-****`; anything else of ten digits is masked with it."""
    return _IN_TEXT.sub(r"\1-****", text)
