"""The nightly comparison of every member on both sides, without holding the register in memory.

Both sides come in the order of the kennitala, page by page. Only the hashes of the synced fields are
compared; a member whose hashes differ is reconciled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from runtime.kennitala import mask

from .documents import StoredMember
from .field_map import FieldMap, InvalidDocumentError
from .options import Options
from .peer import DjangoPeer
from .reconcile import Reconciler
from .report import Report
from .shared_fields import Shared, shared

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
    left: int = 0
    """Members whom the next run will compare, because the time was over."""

    def add(self, other: Drift) -> None:
        """Add what became of some more differences."""
        self.differences += other.differences
        self.repaired += other.repaired
        self.agreed += other.agreed
        self.unrepaired += other.unrepaired
        self.members.extend(other.members[: LISTED - len(self.members)])


@dataclass(frozen=True)
class Hashed:
    """Django's hash of a member, over these fields."""

    kennitala: str
    hash: str
    paths: frozenset[str]


def _agree(document: StoredMember, row: Hashed, field_map: FieldMap, known: Shared) -> bool:
    """Whether both sides hold the same, and the document has no unknown field and says of none that it rests.

    (If both are the same, nothing rests. A document may say so all the same after a store was restored.)
    """
    if document.told:
        return False
    unknown = (path for path in field_map.unknown(document.fields or {}) if not known.is_apart(path))
    return _hash(document, row, field_map) == row.hash and not any(unknown)


@dataclass
class Stretch:
    """A part of all members, in the order of the kennitala: behind `after`, up to `until` (None: the end).

    It is looked through until `is_over`, which is asked once a page. Then `reached` says how far it came.
    """

    after: str
    until: str | None
    is_over: Callable[[], bool]
    reached: str | None = None

    def ends_at(self, name: str, looked_at: int) -> bool:
        """Whether to end behind this member."""
        if looked_at % HASH_PAGE == 0 and self.is_over():
            self.reached = name
        return self.reached is not None


def differences(reconciler: Reconciler, drift: Drift, stretch: Stretch) -> Iterator[str]:
    """The kennitala of each member who differs between the sides, or was erased. Raises TransientError."""
    store, peer, field_map = reconciler.store, reconciler.peer, reconciler.field_map
    was_erased = reconciler.erased.everybody()
    documents, hashes = store.scan(stretch.after), hash_pages(peer, field_map, stretch.after)
    document, row = next(documents, None), next(hashes, None)
    known, looked_at = shared(field_map, peer.heard), 0
    while document or row:
        name = min(side.kennitala for side in (document, row) if side)
        if stretch.until is not None and name > stretch.until:
            return
        here = document if document and document.kennitala == name else None
        there = row if row and row.kennitala == name else None
        drift.in_firestore += here is not None
        drift.in_django += there is not None
        if was_erased(name) or not (here and there and _agree(here, there, field_map, known)):
            yield name
        looked_at += 1
        if stretch.ends_at(name, looked_at):
            return
        document = next(documents, None) if here else document
        row = next(hashes, None) if there else row


def repair(reconciler: Reconciler, kennitalas: tuple[str, ...], options: Options) -> tuple[Report, Drift]:
    """Reconcile members that differ, then look again. Those who agree now count as repaired."""
    looking = replace(options, dry_run=True)
    planned = reconciler.reconcile(kennitalas, looking)
    differing = {plan["kennitala"] for plan in planned.plan} & {*kennitalas}
    drift = Drift(differences=len(differing), agreed=len(kennitalas) - len(differing))
    drift.members = [mask(kennitala) for kennitala in sorted(differing)[:LISTED]]
    if options.dry_run or not differing:
        return planned, drift
    report = reconciler.reconcile(sorted(differing), options)
    left = {plan["kennitala"] for plan in reconciler.reconcile(differing, looking).plan} & differing
    drift.unrepaired = len(left)
    drift.repaired = len(differing) - len(left)
    return report, drift


def hash_pages(peer: DjangoPeer, field_map: FieldMap, begin: str) -> Iterator[Hashed]:
    """All of Django's hashes after that kennitala."""
    after: str | None = begin or None
    while True:
        page = peer.hashes(after, HASH_PAGE)
        paths = frozenset(page.fields) or shared(field_map, peer.heard).paths
        for row in page.members:
            yield Hashed(row.kennitala, row.hash, paths)
        if page.next is None:
            return
        after = page.next


def remembered(peer: DjangoPeer) -> Iterator[str]:
    """People who are no members, and whom the register's records name all the same."""
    page = peer.remembered(None, HASH_PAGE)
    yield from page.kennitalas
    while page.next is not None:
        page = peer.remembered(page.next, HASH_PAGE)
        yield from page.kennitalas


def _hash(member: StoredMember, row: Hashed, field_map: FieldMap) -> str | None:
    try:
        return field_map.hash(member.fields or {}, row.paths)
    except InvalidDocumentError:
        return None
