"""Django's half of the sync in memory, with every fault that a caller may meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from merge_engine import instants
from merge_engine.documents import from_columns
from merge_engine.verdict import failed
from merge_engine.word import Word as HostsWord
from sync.documents import Epoch
from sync.failures import RefusedError, TransientError
from sync.field_map import FieldMap, load_field_map
from sync.options import NOTHING_SAID, Word
from sync.peer import Acknowledgement, Claim, HashPage, MemberFailure, Presented, Verdict
from tests.functions.doubles.merging_peer import MergingPeer, Verdicts

Values = dict[str, Any]
PENDING = "pending"


@dataclass
class MemoryPeer(MergingPeer):
    """The register, edited by staff and by the sync. Its clock stands still unless it is moved."""

    field_map: FieldMap = field(default_factory=load_field_map)
    failures: list[MemberFailure] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    apply_calls: list[list[str]] = field(default_factory=list)
    outages: int = 0
    poison: set[str] = field(default_factory=set)
    """Members for whom the whole request is refused."""
    invalid: set[str] = field(default_factory=set)
    """Members whose values Django cannot take."""
    silent: set[str] = field(default_factory=set)
    """Members that get no verdict."""
    _transaction: Any = field(default_factory=RLock)
    """Batches run side by side, and the stores in memory have no transactions of their own."""

    # Staff.

    def put(self, document: Values) -> None:
        """Staff enter a member."""
        values = self.field_map.flatten(document)
        self.stores.register.create(values["kennitala"], values)

    def edit(self, kennitala: str, /, **changes: Any) -> None:
        """Staff edit a member: `profile__email="…"` stands for the path `profile.email`."""
        values = {name.replace("__", "."): value for name, value in changes.items()}
        self.stores.register.edit(kennitala, values)

    def delete(self, kennitala: str) -> None:
        """Staff delete a member."""
        self.stores.register.delete([kennitala])

    # What is there.

    def value(self, kennitala: str, path: str) -> Any:
        columns = self.tables.members.get(kennitala)
        return None if columns is None else from_columns(columns)[path]

    @property
    def dirty(self) -> dict[str, int]:
        """Kennitala → the revision that is not known to be in Firestore."""
        return {row.ssn: row.rev for row in self.tables.queue if row.status == PENDING}

    @property
    def conflicts(self) -> list[Any]:
        """The conflict log."""
        return [logged.lost for logged in self.tables.conflicts]

    # What may have happened before.

    def forget_changes(self, kennitalas: Iterable[str] = ()) -> None:
        """Clear the dirty marks of these members, or of all if none is named."""
        self.stores.outbox.finish(list(kennitalas) or list(self.dirty))

    def saw(self, kennitala: str, read_time: str) -> None:
        """Another worker has presented this member's document, read at this time."""
        self.tables.shadows[kennitala].read_time = instants.parse(read_time)

    def pass_time(self, seconds: float) -> None:
        self.tables.now += seconds

    # The API.

    def claim(self, worker: str, limit: int, lease_seconds: int) -> Claim:
        self._check_outage()
        with self._transaction:
            return super().claim(worker, limit, lease_seconds)

    def apply(
        self,
        read_time: str,
        documents: Sequence[Presented],
        *,
        dry_run: bool,
        carried: Epoch | None = None,
        word: Word = NOTHING_SAID,
    ) -> dict[str, Verdict]:
        self._check_outage()
        names = [document.kennitala for document in documents]
        self.apply_calls.append(names)
        if self.poison.intersection(names):
            raise RefusedError("Django answered apply/ with HTTP 400")
        heard = [document for document in documents if document.kennitala not in self.silent]
        with self._transaction:
            return super().apply(read_time, heard, dry_run=dry_run, carried=carried, word=word)

    def merge(self, presented: Sequence[Any], read_time: str, said: HostsWord) -> Verdicts:
        valid = [member for member in presented if member.kennitala not in self.invalid]
        invalid = [member for member in presented if member.kennitala in self.invalid]
        reason = "profile.phone is not a number"
        refused: Verdicts = [(failed(member, "invalid_value", reason, True), None) for member in invalid]
        return super().merge(valid, read_time, said) + refused

    def mark_synced(
        self, acknowledgements: Sequence[Acknowledgement], failures: Sequence[MemberFailure]
    ) -> dict[str, str]:
        self._check_outage()
        self.failures.extend(failures)
        self.acknowledgements.extend(acknowledgements)
        with self._transaction:
            return super().mark_synced(acknowledgements, failures)

    def hashes(self, after: str | None, limit: int) -> HashPage:
        self._check_outage()
        with self._transaction:
            return super().hashes(after, limit)

    def _check_outage(self) -> None:
        if self.outages:
            self.outages -= 1
            raise TransientError("Django did not answer")
