"""A synced value's two conversions, by type: the cloud's wire form, and what a column holds.

The wire form is canonical: the same person, day or number is the same text on both sides. Absent is None on
the wire and empty text or null in a column. What cannot be converted raises UnconvertibleError; nothing is
guessed.
"""

import re
from datetime import date, datetime
from typing import Any, Callable, NamedTuple

from merge_engine import instants
from merge_engine.field_map import FIELDS
from merge_engine.kennitala import is_kennitala

EMAIL = re.compile(r"\A[^@\s]+@[^@\s]+\Z")
DAY = re.compile(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}\Z")
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
PHONE_MARKS = re.compile(r"[\s().\-/\u2010-\u2015]")
ICELANDIC_PREFIX = re.compile(r"\A(?:\+354|00354|354)(?=[0-9]{7}\Z)")
ICELANDIC_PHONE = re.compile(r"\A[0-9]{7}\Z")
FOREIGN_PHONE = re.compile(r"\A\+[1-9][0-9]{4,14}\Z")


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


def text(value):
    """Text as it is; blank means absent."""
    _expect(value, str, "text")
    if CONTROL.search(value):
        raise UnconvertibleError("holds a control character")
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        raise UnconvertibleError("is not valid Unicode")
    return value if value.strip() else None


def email(value):
    """An e-mail address, as loosely as both sides have taken them: one @, no space."""
    value = text(value)
    if value is None:
        return None
    value = value.strip()
    if not EMAIL.match(value):
        raise UnconvertibleError("is not an e-mail address")
    return value


def phone(value):
    """Seven digits for a number in Iceland, E.164 (`+` and 5 to 15 digits) for any other."""
    value = text(value)
    if value is None:
        return None
    digits = ICELANDIC_PREFIX.sub("", PHONE_MARKS.sub("", value))
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if not ICELANDIC_PHONE.match(digits) and not FOREIGN_PHONE.match(digits):
        raise UnconvertibleError("is not a phone number")
    return digits


def kennitala(value):
    """Ten digits."""
    if not is_kennitala(_expect(value, str, "text")):
        raise UnconvertibleError("is not a kennitala")
    return value


def day(value):
    """A calendar day as `YYYY-MM-DD`."""
    value = text(value)
    if value is None:
        return None
    try:
        if not DAY.match(value):
            raise ValueError
        datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        raise UnconvertibleError("is not a date YYYY-MM-DD")
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
    "email": textual(email),
    "phone": textual(phone),
    "kennitala": nullable(Conversion(kennitala, same, same)),
    "date": nullable(Conversion(day, date.isoformat, same)),
    "timestamp": nullable(Conversion(moment, instants.from_datetime, same)),
    "boolean": nullable(Conversion(boolean, same, same)),
    "integer": nullable(Conversion(integer, same, same)),
}  # type: Dict[str, Conversion]
CHOICES = {"choice": choice, "numbered_choice": numbered_choice}


def conversion_of(field):
    """The conversion of a field's type; that of a choice knows the field's own names."""
    return CONVERSIONS[field.type] if field.choices is None else nullable(CHOICES[field.type](field.choices))


BY_PATH = {field.path: conversion_of(field) for field in FIELDS}


def from_wire(field, value):
    """The canonical form of a value from the cloud. Raises UnconvertibleError, naming the field."""
    return _named(field, BY_PATH[field.path].from_wire, value)


def from_column(field, value):
    """The wire form of what a column holds. Raises UnconvertibleError, naming the field.

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
        if field.max_length and value is not None and len(value) > field.max_length:
            raise UnconvertibleError("is longer than {} characters".format(field.max_length))
    except UnconvertibleError as error:
        raise UnconvertibleError("{} {}".format(field.path, error))
    return value
