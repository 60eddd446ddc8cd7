"""Values that a member sends for a synced field, brought to the form in which both sides hold them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from typing import Any

from sync.field_map import SyncedField

from . import phone

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
# Control characters, and marks that turn the reading direction or are invisible: a name made of them shows as
# another's.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_COMPLAINTS = {
    "email": "is not an e-mail address",
    "phone": "a phone number has 7 digits, or + and 5 to 15 digits for a number abroad",
}


class InvalidValueError(ValueError):
    """A value that its field cannot take; says why, without the value."""


def canonical(field: SyncedField, value: Any) -> Any:
    """The value as both sides hold it; None clears a field. Raises InvalidValueError."""
    try:
        converted = _one_of(field.choices, value) if field.choices else _CONVERSIONS[field.type](value)
        if isinstance(converted, str):
            _check_form(field, converted)
    except ValueError as error:
        raise InvalidValueError(f"{field.path}: {error}") from error
    if converted is None and field.required:
        raise InvalidValueError(f"{field.path}: cannot be empty")
    return converted


def length(text: str) -> int:
    """In UTF-16 units, as Firestore's rules and browsers count."""
    return len(text) + sum(letter > "\uffff" for letter in text)


def _check_form(field: SyncedField, text: str) -> None:
    if field.max_length is not None and length(text) > field.max_length:
        raise ValueError(f"longer than {field.max_length} characters")
    if field.pattern is not None and not re.fullmatch(field.pattern, text):
        raise ValueError(_COMPLAINTS[field.type])


def _text(value: Any) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise ValueError("is not a text")
    text = unicodedata.normalize("NFC", value).strip()
    if _UNSEEN.search(text) or any(unicodedata.category(letter) == "Cs" for letter in text):
        raise ValueError("holds invisible characters")
    return text or None


def _phone(value: Any) -> str | None:
    text = _text(value)
    return None if text is None else phone.normalise(text)


def _day(value: Any) -> str | None:
    text = _text(value)
    if text is None:
        return None
    try:
        # `fromisoformat` takes other forms, too, such as 19700101.
        day = date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise ValueError("is not a date YYYY-MM-DD")
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
    "email": _text,
    "phone": _phone,
    "date": _day,
    "boolean": _boolean,
}
