"""Hashes of the synced fields: what the nightly comparison compares, page by page."""

from merge_engine.documents import content_hash, from_columns
from merge_engine.unfit import reasons

from sync import register

UNCONVERTIBLE = "unconvertible"
"""Stands for a hash and equals none, so that the member is reconciled and `apply` says what is wrong."""


def hashes(after, limit, shared):
    """A page of `{"members": [{"kennitala", "hash"}], "next", "fields"}`.

    `next` begins the next page, or is None. `fields`: the paths that were hashed, which both halves know.
    """
    rows = register.page(after, limit)
    members = [{"kennitala": kennitala, "hash": _hash(columns, shared)} for kennitala, columns in rows]
    paths = [field.path for field in shared.fields]
    return {"members": members, "next": rows[-1][0] if len(rows) == limit else None, "fields": paths}


def wire_values(kennitalas):
    """Members' wire values by kennitala; one that has none is Unfit."""
    return {kennitala: from_columns(columns) for kennitala, columns in register.read(kennitalas).items()}


def _hash(columns, shared):
    values = shared.of(from_columns(columns))
    return UNCONVERTIBLE if reasons(values) else content_hash(values)
