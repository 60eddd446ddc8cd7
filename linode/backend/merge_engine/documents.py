"""A member as columns, as a flat map {path: wire value} and as the nested document that travels; its hash."""

import hashlib
import json

from merge_engine.conversions import UnconvertibleError, from_column, from_wire
from merge_engine.field_map import BY_PATH, FIELDS
from merge_engine.unfit import UNREADABLE, is_unfit, unfit


def flatten(document, fields=FIELDS):
    """The raw values of these fields of a nested document; absent is None, unfit what is in no map."""
    return {field.path: _value_at(document, field.path.split(".")) for field in fields}


def canonical(raw):
    """The canonical values of raw ones; one that its field cannot take is Unfit."""
    return {path: _taken(from_wire, BY_PATH[path], value, "") for path, value in raw.items()}


def from_columns(columns):
    """The wire values of a member's columns; one that has none is Unfit, and the reason blames Django."""
    return {field.path: _taken(from_column, field, columns[field.path], "in Django: ") for field in FIELDS}


def _taken(convert, field, value, where):
    if is_unfit(value):
        return value
    if isinstance(value, dict) and list(value) == [UNREADABLE]:
        return unfit(str(value[UNREADABLE]), value)
    try:
        return convert(field, value)
    except UnconvertibleError as error:
        return unfit("{}{}".format(where, error), value)


def nest(values):
    """The nested document of a flat map."""
    document = {}
    for path, value in values.items():
        parents = path.split(".")
        place = document
        for name in parents[:-1]:
            place = place.setdefault(name, {})
        place[parents[-1]] = value
    return document


def same(left, right):
    """Whether two JSON values are the same to Firestore, which tells `true` from `1`."""
    return left == right and type(left) is type(right)


def holds(side, values):
    """Whether a side (None: no member) holds these values; what they leave open may be anything."""
    if side is None or values is None:
        return side is values
    return all(same(side.get(path), value) for path, value in values.items())


def content_hash(values):
    """SHA-256 of the canonical JSON of a flat map: what the nightly comparison compares."""
    text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _value_at(document, names):
    value = document
    for depth, name in enumerate(names):
        if value is None:
            return None
        if not isinstance(value, dict):
            return unfit("{} is not a map".format(".".join(names[:depth])), value)
        value = value.get(name)
    return value
