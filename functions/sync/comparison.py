"""The nightly comparison of every member on both sides, without holding the register in memory.

Both sides come in the order of the kennitala, page by page. Only the hashes of the synced fields are
compared; a member whose hashes differ is reconciled. Beside them come the people whom a record names: the
erased are looked for among them, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Generic, TypeVar

from runtime.kennitala import mask

from .documents import StoredMember
from .field_map import FieldMap, InvalidDocumentError
from .options import Options
from .peer import DjangoPeer
from .reconcile import Reconciler
from .report import Report
from .shared_fields import Shared, shared

Item = TypeVar("Item")
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
    """Found to agree at the second look: a change was under way, or a record named an erased person."""
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

    def covers(self, name: str) -> bool:
        """Whether this one was looked at."""
        end = self.reached or self.until
        return self.after < name and (end is None or name <= end)

    def ends_at(self, name: str, looked_at: int) -> bool:
        """Whether to end behind this member."""
        if looked_at % HASH_PAGE == 0 and self.is_over():
            self.reached = name
        return self.reached is not None


class Ahead(Generic[Item]):
    """A stream by kennitala, in order, and what comes next in it."""

    def __init__(self, items: Iterator[tuple[str, Item]]) -> None:
        self._items = items
        self._next = next(items, None)

    @property
    def name(self) -> str | None:
        """The next kennitala; None at the end."""
        return self._next and self._next[0]

    def at(self, name: str) -> Item | None:
        """What there is of this one, if it is the next."""
        return self._next[1] if self._next and self._next[0] == name else None

    def leave(self, name: str) -> None:
        """Go on behind it."""
        while self._next and self._next[0] == name:
            self._next = next(self._items, None)


def differences(
    reconciler: Reconciler, drift: Drift, stretch: Stretch, named: Iterator[str]
) -> Iterator[str]:
    """The kennitala of each member who differs between the sides, and of each erased person who is found.

    `named`: everybody behind the stretch's beginning whom a record names, in order. Raises TransientError.
    """
    store, peer, field_map = reconciler.store, reconciler.peer, reconciler.field_map
    was_erased = reconciler.erased.everybody()
    documents = Ahead((member.kennitala, member) for member in store.scan(stretch.after))
    rows = Ahead((row.kennitala, row) for row in hash_pages(peer, field_map, stretch.after))
    records = Ahead((name, name) for name in named)
    known, looked_at = shared(field_map, peer.heard), 0
    while names := [stream.name for stream in (documents, rows, records) if stream.name is not None]:
        name = min(names)
        if stretch.until is not None and name > stretch.until:
            return
        here, there = documents.at(name), rows.at(name)
        drift.in_firestore += here is not None
        drift.in_django += there is not None
        is_alike = _agree(here, there, field_map, known) if here and there else not (here or there)
        if was_erased(name) or not is_alike:
            yield name
        looked_at += 1
        if stretch.ends_at(name, looked_at):
            return
        for stream in (documents, rows, records):
            stream.leave(name)


def repair(reconciler: Reconciler, kennitalas: tuple[str, ...], options: Options) -> tuple[Report, Drift]:
    """Reconcile members that differ, then look again. Those who agree now count as repaired.

    Of erased people, a record may be all that there is: no plan shows it, and it goes all the same.
    """
    looking = replace(options, dry_run=True)
    planned = reconciler.reconcile(kennitalas, looking)
    differing = {plan["kennitala"] for plan in planned.plan} & {*kennitalas}
    drift = Drift(differences=len(differing), agreed=len(kennitalas) - len(differing))
    drift.members = [mask(kennitala) for kennitala in sorted(differing)[:LISTED]]
    concerned = differing.union(filter(reconciler.erased.everybody(), kennitalas))
    if options.dry_run or not concerned:
        return planned, drift
    report = reconciler.reconcile(sorted(concerned), options)
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


def remembered(peer: DjangoPeer, begin: str) -> Iterator[str]:
    """People after that kennitala who are no members, and whom the register's records name all the same."""
    page = peer.remembered(begin or None, HASH_PAGE)
    yield from page.kennitalas
    while page.next is not None:
        page = peer.remembered(page.next, HASH_PAGE)
        yield from page.kennitalas


def _hash(member: StoredMember, row: Hashed, field_map: FieldMap) -> str | None:
    try:
        return field_map.hash(member.fields or {}, row.paths)
    except InvalidDocumentError:
        return None
