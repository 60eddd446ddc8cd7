"""A member as columns, as a flat map {path: wire value} and as the nested document that travels; its hash."""

import hashlib
import json

from merge_engine.conversions import UnconvertibleError, from_column, from_wire
from merge_engine.field_map import FIELDS


def flatten(document):
    """The raw values of all synced fields of a nested document; absent is None. Raises UnconvertibleError."""
    return {field.path: _value_at(document, field.path.split(".")) for field in FIELDS}


def canonical(raw):
    """The canonical values of raw ones. Raises UnconvertibleError, naming the first field that has none."""
    return {field.path: from_wire(field, raw[field.path]) for field in FIELDS}


def from_columns(columns):
    """The wire values of a member's columns. Raises UnconvertibleError, blaming the value here."""
    try:
        return {field.path: from_column(field, columns[field.path]) for field in FIELDS}
    except UnconvertibleError as error:
        raise UnconvertibleError("in Django: {}".format(error))


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


def same_values(left, right):
    """Whether two flat maps (or None: no member) hold the same."""
    if left is None or right is None:
        return left is right
    return all(same(left.get(field.path), right.get(field.path)) for field in FIELDS)


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
            raise UnconvertibleError("{} is not a map".format(".".join(names[:depth]) or "the document"))
        value = value.get(name)
    return value
