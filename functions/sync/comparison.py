"""The nightly comparison of every member on both sides, without holding the register in memory.

Both sides come in the order of the kennitala, page by page. Only the hashes of the synced fields are
compared; a member whose hashes differ is reconciled.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from runtime.kennitala import mask

from .documents import StoredMember
from .field_map import FieldMap, InvalidDocumentError
from .options import Options
from .peer import DjangoPeer, MemberHash
from .reconcile import Reconciler
from .report import Report
from .stores import MemberStore

HASH_PAGE = 1000
LISTED = 100
"""How many members a drift report names; the rest is only counted."""


@dataclass
class Drift:
    """Differences that nothing had announced, and what became of them."""

    in_firestore: int = 0
    in_django: int = 0
    differences: int = 0
    repaired: int = 0
    agreed: int = 0
    """Found to agree at the second look, because a change was under way."""
    unrepaired: int = 0
    members: list[str] = field(default_factory=list)

    def add(self, other: Drift) -> None:
        """Add what became of some more differences."""
        self.differences += other.differences
        self.repaired += other.repaired
        self.agreed += other.agreed
        self.unrepaired += other.unrepaired
        self.members.extend(other.members[: LISTED - len(self.members)])


def _agree(document: StoredMember, row: MemberHash, field_map: FieldMap) -> bool:
    """Whether both sides hold the same, and the document holds no unknown field."""
    return _hash(document, field_map) == row.hash and not field_map.unknown(document.fields or {})


def differences(store: MemberStore, peer: DjangoPeer, field_map: FieldMap, drift: Drift) -> Iterator[str]:
    """The kennitala of each member that is not the same on both sides. Raises TransientError."""
    documents, hashes = store.scan(), hash_pages(peer)
    document, row = next(documents, None), next(hashes, None)
    while document or row:
        name = min(side.kennitala for side in (document, row) if side)
        here = document if document and document.kennitala == name else None
        there = row if row and row.kennitala == name else None
        drift.in_firestore += here is not None
        drift.in_django += there is not None
        if not (here and there and _agree(here, there, field_map)):
            yield name
        document = next(documents, None) if here else document
        row = next(hashes, None) if there else row


def repair(reconciler: Reconciler, kennitalas: tuple[str, ...], options: Options) -> tuple[Report, Drift]:
    """Reconcile members that differ, then look again. Those who agree now count as repaired."""
    looking = replace(options, dry_run=True)
    planned = reconciler.reconcile(kennitalas, looking)
    differing = {plan["kennitala"] for plan in planned.plan}
    drift = Drift(differences=len(differing), agreed=len(kennitalas) - len(differing))
    drift.members = [mask(kennitala) for kennitala in sorted(differing)[:LISTED]]
    if options.dry_run or not differing:
        return planned, drift
    report = reconciler.reconcile(sorted(differing), options)
    left = {plan["kennitala"] for plan in reconciler.reconcile(differing, looking).plan}
    drift.unrepaired = len(left)
    drift.repaired = len(differing) - len(left)
    return report, drift


def hash_pages(peer: DjangoPeer) -> Iterator[MemberHash]:
    """All of Django's hashes."""
    page = peer.hashes(None, HASH_PAGE)
    yield from page.members
    while page.next is not None:
        page = peer.hashes(page.next, HASH_PAGE)
        yield from page.members


def _hash(member: StoredMember, field_map: FieldMap) -> str | None:
    try:
        return field_map.hash(member.fields or {})
    except InvalidDocumentError:
        return None
