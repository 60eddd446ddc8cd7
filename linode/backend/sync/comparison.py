"""Hashes of the synced fields: what the nightly comparison compares, page by page."""

from django.db.models import Exists, OuterRef
from membership.models import Comrade
from merge_engine.documents import content_hash, from_columns
from merge_engine.kennitala import is_kennitala
from merge_engine.unfit import reasons

from sync import register
from sync.models import Conflict, MemberSyncQueue, Shadow

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


def named_by_records(after, limit):
    """A page of people who are no members, and whom the sync's records name: `{"kennitalas", "next"}`."""
    member = Comrade.objects.filter(ssn=OuterRef("ssn"))
    found = set()
    for rows in (Shadow.objects, MemberSyncQueue.objects, Conflict.objects):
        of_nobody = rows.filter(ssn__gt=after).annotate(there=Exists(member)).filter(there=False)
        found.update(of_nobody.order_by("ssn").values_list("ssn", flat=True).distinct()[:limit])
    names = sorted(found)[:limit]
    return {
        "kennitalas": [name for name in names if is_kennitala(name)],
        "next": names[-1] if len(names) == limit else None,
    }


def wire_values(kennitalas):
    """Members' wire values by kennitala; one that has none is Unfit."""
    return {kennitala: from_columns(columns) for kennitala, columns in register.read(kennitalas).items()}


def _hash(columns, shared):
    values = shared.of(from_columns(columns))
    return UNCONVERTIBLE if reasons(values) else content_hash(values)
