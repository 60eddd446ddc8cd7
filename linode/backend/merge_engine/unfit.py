"""A value that its field cannot take: it rests where it is, and everything else of the member travels."""

from typing import Any, NamedTuple

UNREADABLE = "unreadable"
"""The one key of the map that the cloud sends in place of a value that it cannot send; its value says why."""

LONGEST_REASON, LONGEST_VALUE = 200, 1000


class Unfit(NamedTuple):
    """Why a value cannot be taken, and the value itself, which may be personal."""

    reason: str
    value: Any


def unfit(reason, value):
    """The unfit value, in a form that every log and table can keep."""
    reason = _storable(reason)[:LONGEST_REASON]
    if isinstance(value, str):
        return Unfit(reason, _storable(value[:LONGEST_VALUE]))
    is_plain = value is None or isinstance(value, (bool, int, float))
    return Unfit(reason, value if is_plain else {UNREADABLE: reason})


def _storable(text):
    """The text without what PostgreSQL's JSON does not take: NUL and halves of characters."""
    return text.replace("\x00", "\\u0000").encode("utf-8", "backslashreplace").decode("utf-8")


def is_unfit(value):
    """Whether a value is one that its field cannot take."""
    return isinstance(value, Unfit)


def shown(value):
    """The value as a log shows it: of an unfit one, what stands there."""
    return value.value if is_unfit(value) else value


def fit(values):
    """The values that their fields can take."""
    return {path: value for path, value in values.items() if not is_unfit(value)}


def reasons(values):
    """Why each of the others rests, by path."""
    return {path: value.reason for path, value in (values or {}).items() if is_unfit(value)}
