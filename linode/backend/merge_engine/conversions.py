"""A synced value's two conversions, by type: the cloud's wire form, and what a column holds.

The wire form is canonical: the same person, day or number is the same text on both sides. Absent is None on
the wire and empty text or null in a column. What cannot be converted raises UnconvertibleError; nothing is
guessed.
"""

import re
import unicodedata
from datetime import date, datetime
from typing import Any, Callable, NamedTuple

from merge_engine import instants
from merge_engine.field_map import FIELDS
from merge_engine.kennitala import is_kennitala

DAY = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
SELECTED_MOMENT = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z\Z")
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
"""Control characters, and marks that are not seen or turn the direction of reading."""
PHONE_MARKS = re.compile(r"[\s().\-/\u2010-\u2015]")
ICELANDIC_PREFIX = re.compile(r"\A(?:\+354|00354|354)(?=[0-9]{7}\Z)")
COMPLAINTS = {"email": "is not an e-mail address", "phone": "is not a phone number"}


class UnconvertibleError(ValueError):
    """A value that its field cannot take; says why, without the value, which may be personal."""


class Conversion(NamedTuple):
    """`from_wire` makes a wire value canonical; `from_column` and `to_column` convert between both."""

    from_wire: Callable[[Any], Any]
    from_column: Callable[[Any], Any]
    to_column: Callable[[Any], Any]


def _expect(value, kind, what):
    if type(value) is not kind:
        raise UnconvertibleError("wants {}, got {}".format(what, type(value).__name__))
    return value


def length(value):
    """Of a text in UTF-16 units, as Firestore's rules and browsers count."""
    return len(value) + sum(letter > "\uffff" for letter in value)


def text(value):
    """Text without space at either end, each letter with its accents one sign (NFC); blank means absent."""
    _expect(value, str, "text")
    if UNSEEN.search(value):
        raise UnconvertibleError("holds a character that is not seen")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise UnconvertibleError("is not valid Unicode")
    return unicodedata.normalize("NFC", value).strip() or None


def phone(value):
    """Seven digits for a number in Iceland, E.164 for any other: the field's pattern says which there are."""
    value = text(value)
    if value is None:
        return None
    digits = ICELANDIC_PREFIX.sub("", PHONE_MARKS.sub("", value))
    return "+" + digits[2:] if digits.startswith("00") else digits


def kennitala(value):
    """Ten digits."""
    if not is_kennitala(_expect(value, str, "text")):
        raise UnconvertibleError("is not a kennitala")
    return value


def day(value):
    """A calendar day that is no longer to come, as `YYYY-MM-DD`."""
    value = text(value)
    if value is None:
        return None
    try:
        if not DAY.match(value):
            raise ValueError
        found = datetime.strptime(value, "%Y-%m-%d").date()
    except ValueError:
        raise UnconvertibleError("is not a date YYYY-MM-DD")
    if found > date.today():
        raise UnconvertibleError("lies in the future")
    return value


def moment(value):
    """An instant as RFC 3339 in UTC, to the microsecond."""
    value = text(value)
    if value is None:
        return None
    try:
        return instants.from_datetime(instants.to_datetime(instants.parse(value)))
    except (ValueError, OverflowError) as error:
        raise UnconvertibleError("is not a date and time: {}".format(error))


def selected_moment(value):
    """The wire form of an instant as the register selects it: UTC, always with six places."""
    if not SELECTED_MOMENT.match(value):
        raise UnconvertibleError("is not a date and time of the years 1 to 9999")
    return value.replace(".000000Z", "Z")


def boolean(value):
    """True or false, and no number or text that stands for it."""
    return _expect(value, bool, "true or false")


def integer(value):
    """A whole number."""
    return _expect(value, int, "a whole number")


def one_of(names):
    """One of these names; a name in another case, or the number of one, is refused."""

    def convert(value):
        if _expect(value, str, "a name") not in names:
            raise UnconvertibleError("is not one of {}".format(", ".join(names)))
        return value

    return convert


def same(value):
    """The value itself."""
    return value


def numbered_choice(names):
    """Names on the wire, their positions in the column."""

    def name_of(number):
        if number not in range(len(names)):
            raise UnconvertibleError("holds the unknown number {}".format(number))
        return names[number]

    return Conversion(one_of(names), name_of, names.index)


def choice(names):
    """Names on the wire and in the column."""
    return Conversion(one_of(names), one_of(names), same)


def nullable(conversion):
    """The conversion that leaves None as it is."""

    def guard(function):
        return lambda value: None if value is None else function(value)

    return Conversion(*[guard(function) for function in conversion])


def textual(convert):
    """The conversion of a type whose column holds the canonical text, and the empty text if it is absent."""
    guarded = nullable(Conversion(convert, convert, same))
    return Conversion(guarded.from_wire, guarded.from_column, lambda value: "" if value is None else value)


CONVERSIONS = {
    "text": textual(text),
    "email": textual(text),
    "phone": textual(phone),
    "kennitala": nullable(Conversion(kennitala, kennitala, same)),
    "date": nullable(Conversion(day, day, same)),
    "timestamp": nullable(Conversion(moment, selected_moment, same)),
    "boolean": nullable(Conversion(boolean, boolean, same)),
    "integer": nullable(Conversion(integer, integer, same)),
}  # type: Dict[str, Conversion]
CHOICES = {"choice": choice, "numbered_choice": numbered_choice}


def conversion_of(field):
    """The conversion of a field's type; that of a choice knows the field's own names."""
    return CONVERSIONS[field.type] if field.choices is None else nullable(CHOICES[field.type](field.choices))


BY_PATH = {field.path: conversion_of(field) for field in FIELDS}
PATTERNS = {field.path: re.compile(r"\A(?:{})\Z".format(field.pattern)) for field in FIELDS if field.pattern}


def from_wire(field, value):
    """The canonical form of a value from the cloud. Raises UnconvertibleError, naming the field."""
    return _named(field, BY_PATH[field.path].from_wire, value)


def from_column(field, value):
    """The wire form of what a column holds: days and instants as texts, as the register selects them.

    Raises UnconvertibleError, naming the field.

    A required field's column is empty for members who were here before it; that stands for the default.
    """
    value = _named(field, BY_PATH[field.path].from_column, value)
    return field.default if value is None and field.required else value


def to_column(field, value):
    """What a column takes for a canonical wire value, as JSON can carry it."""
    return BY_PATH[field.path].to_column(value)


def _named(field, convert, value):
    try:
        value = convert(value)
        if value is not None:
            _check_form(field, value)
    except UnconvertibleError as error:
        raise UnconvertibleError("{} {}".format(field.path, error))
    return value


def _check_form(field, value):
    if field.max_length and length(value) > field.max_length:
        raise UnconvertibleError("is longer than {} characters".format(field.max_length))
    if field.pattern and not PATTERNS[field.path].match(value):
        raise UnconvertibleError(COMPLAINTS[field.type])
