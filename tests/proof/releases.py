"""Releases of either half that do not know some field: what each worker of that time speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from merge_engine.shared_fields import TOLD
from sync.field_map import FieldMap, load_field_map
from sync.reconcile import Reconciler
from sync.service import Sync
from sync.shared_fields import told
from tests.proof.django_half import DjangoHalf

NEW_FIELDS = ("profile.email", "profile.address.street")
"""Each is taken for one that a release does not know yet: of either's policy nothing else depends."""
Half = Literal["cloud", "host"]


def without(path: str) -> FieldMap:
    """The field map of a release from before this field."""
    whole = load_field_map()
    return FieldMap((field for field in whole.fields if field.path != path), f"{len(path):064x}")


def of_two_releases(sync: Sync, host: DjangoHalf, path: str, older: Half) -> Sync:
    """The sync between the two halves if one of them is from before this field."""
    smaller = without(path)
    cloud = smaller if older == "cloud" else load_field_map()
    heard = TOLD if older == "cloud" else told(smaller)
    # A host that does not know the field, or does not hear of it, merges the same fields.
    peer = DjangoHalf(
        tables=host.tables,
        network=host.network,
        locked=host.locked,
        before_apply=host.before_apply,
        after_apply=host.after_apply,
        caller=smaller,
        heard=heard,
    )
    reconciler: Reconciler = replace(sync.reconciler, peer=peer, field_map=cloud)
    return replace(sync, reconciler=reconciler)
