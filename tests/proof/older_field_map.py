"""The field map of a release that lacks a field of today's."""

from __future__ import annotations

import hashlib

from sync.field_map import FieldMap, load_field_map


def without(path: str) -> FieldMap:
    """The field map of a release from before this field."""
    whole = load_field_map()
    fields = (field for field in whole.fields if field.path != path)
    return FieldMap(fields, hashlib.sha256(path.encode()).hexdigest())
