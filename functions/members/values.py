"""Values that a member sends for a synced field, brought to the form in which both sides hold them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from sync.field_map import SyncedField

from . import phone

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
# Marks that turn the reading direction or are invisible: a name made of them shows as another's.
_DECEPTIVE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class InvalidValueError(ValueError):
    """A value that its field cannot take; says why, without the value."""


def canonical(field: SyncedField, value: Any) -> Any:
    """The value as both sides hold it; None clears a field. Raises InvalidValueError."""
    try:
        converted = _one_of(field.choices, value) if field.choices else _CONVERSIONS[field.type](value)
    except ValueError as error:
        raise InvalidValueError(f"{field.path}: {error}") from error
    if field.max_length is not None and len(converted or "") > field.max_length:
        raise InvalidValueError(f"{field.path}: longer than {field.max_length} characters")
    if converted is None and field.required:
        raise InvalidValueError(f"{field.path}: cannot be empty")
    return converted


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("is not a text")
    text = unicodedata.normalize("NFC", value).strip()
    if any(unicodedata.category(letter) in {"Cc", "Cs"} for letter in text) or _DECEPTIVE.search(text):
        raise ValueError("holds invisible characters")
    return text or None


def _email(value: Any) -> str | None:
    text = _text(value)
    if text is not None and not _EMAIL.fullmatch(text):
        raise ValueError("is not an e-mail address")
    return text


def _phone(value: Any) -> str | None:
    text = _text(value)
    return None if text is None else phone.normalise(text)


def _day(value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("is not a date YYYY-MM-DD") from None
    if day > date.today():
        raise ValueError("lies in the future")
    return day.isoformat()


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError("is not true or false")
    return value


def _one_of(names: tuple[str, ...], value: Any) -> str:
    if value not in names:
        raise ValueError(f"is not one of {', '.join(names)}")
    return str(value)


_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "email": _email,
    "phone": _phone,
    "date": _day,
    "boolean": _boolean,
}
