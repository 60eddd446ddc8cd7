"""Shadows, intents and conflicts on dictionaries: the interface of `sync/records.py`."""

import copy

from merge_engine.in_flight import LANDING_SECONDS
from merge_engine.tests.in_memory.moves import MemoryMoves
from merge_engine.tests.in_memory.outbox import MemoryOutbox
from merge_engine.tests.in_memory.register import MemoryRegister
from merge_engine.tests.in_memory.tables import SYNCED, Intent, LoggedConflict, Shadow

DAY_SECONDS = 24 * 3600


class MemoryRecords:
    """What the sync records. Rows that are read are copies, as the rows of a query are."""

    def __init__(self, tables):
        self._tables = tables

    def shadows(self, kennitalas):
        """Shadows by kennitala; one that is not there is empty."""
        return {ssn: copy.copy(self._tables.shadows.get(ssn) or Shadow(ssn)) for ssn in kennitalas}

    def locked_shadows(self, kennitalas):
        """The same; one that is not there is left out."""
        return {
            ssn: copy.copy(self._tables.shadows[ssn]) for ssn in kennitalas if ssn in self._tables.shadows
        }

    def intents(self, kennitalas):
        """All intents by kennitala, each by operation."""
        found = {ssn: {} for ssn in kennitalas}
        for intent in self._tables.intents.values():
            if intent.ssn in found:
                found[intent.ssn][intent.operation] = copy.copy(intent)
        return found

    def live_intents(self, operations):
        """Intents that may still land, by operation."""
        known = {operation: self._tables.intents.get(operation) for operation in operations}
        return {operation: copy.copy(intent) for operation, intent in known.items() if intent and intent.live}

    def deletions_since(self, read_time, others_than):
        """How many members both sides agreed on; how many others were deleted since, or are held."""
        shadows = self._tables.shadows.values()
        deleted = {
            shadow.ssn
            for shadow in shadows
            if shadow.base is None and shadow.tombstone is not None and shadow.read_time >= read_time
        } - self._moving()
        held = {shadow.ssn for shadow in shadows if (shadow.held or {}).get("reason") == "deletions"}
        erased = {shadow.ssn for shadow in shadows if shadow.erased}
        held |= {row.ssn for row in self._tables.queue if self._is_of_today(row)} - erased - self._moving()
        agreed = sum(shadow.base is not None for shadow in shadows)
        return agreed, len((deleted | held) - set(others_than))

    def _is_of_today(self, row):
        """Whether this row is a deletion of the last day."""
        return (
            row.action == "delete"
            and row.changed_by != "sync"
            and row.created_at > self._tables.now - DAY_SECONDS
        )

    def _moving(self):
        """Old numbers, and new ones of open moves: nobody was deleted there."""
        moves = self._tables.moves.values()
        return {move.old for move in moves} | {move.new for move in moves if move.is_open}

    def save_shadows(self, rows):
        """Update shadows: dicts of all their columns; none is held."""
        for row in rows:
            vars(self._tables.shadows[row["ssn"]]).update(copy.deepcopy(row), held=None)

    def save_bases(self, bases):
        """Set what both sides agree on at old numbers: pairs (kennitala, Base)."""
        for kennitala, base in bases:
            values, tombstone, erased = copy.deepcopy(base)
            row = {"base": values, "tombstone": tombstone, "erased": erased}
            vars(self._tables.shadows[kennitala]).update(row)

    def hold(self, held, read_time):
        """Note who waits for a person: pairs (kennitala, what is held). No earlier read lets them go."""
        for kennitala, what in held:
            shadow = self._tables.shadows[kennitala]
            shadow.held, shadow.read_time = dict(what), max(shadow.read_time, read_time)

    def expire_intents(self, observed):
        """Intents that can land no more: kennitala, update time (or None) and mark of what is there."""
        there = {ssn: (update_time, operation) for ssn, update_time, operation in observed}
        for intent in self._tables.intents.values():
            update_time, operation = there.get(intent.ssn, (intent.precondition_time, None))
            if intent.precondition_time != update_time:
                intent.live = False
                intent.landed = intent.operation == operation or intent.landed

    def close_intents(self, kennitalas, landed):
        """After acknowledged writes (`landed`: their operations) the documents have moved on."""
        for intent in self._tables.intents.values():
            if intent.ssn in kennitalas:
                intent.live = False
                intent.landed = intent.operation in landed or intent.landed

    def is_recent(self, intent):
        """Whether a write was decided so lately that it may still be on its way."""
        return abs(self._tables.now - intent.created_at) < LANDING_SECONDS

    def add_intents(self, rows):
        """Record writes that are about to be made."""
        for row in rows:
            new = Intent(created_at=self._tables.now, **copy.deepcopy(row))
            self._tables.intents[new.operation] = new

    def forget(self, kennitalas):
        """Delete these people, and remember only that Firestore's copy has to go, too.

        Returns the present number by each of their numbers.
        """
        MemoryRegister(self._tables).delete(kennitalas)
        whose = MemoryMoves(self._tables).numbers_of(kennitalas)
        self._forget_numbers(sorted(whose))
        return whose

    def _forget_numbers(self, kennitalas):
        gone = {"base": None, "tombstone": None, "erased": True, "held": None, "resting": None, "mark": None}
        tables = self._tables
        for ssn in kennitalas:
            vars(tables.shadows.setdefault(ssn, Shadow(ssn))).update(gone)
        MemoryMoves(tables).forget(kennitalas)
        tables.intents = {key: item for key, item in tables.intents.items() if item.ssn not in kennitalas}
        tables.conflicts = [item for item in tables.conflicts if item.ssn not in kennitalas]
        tables.queue = [row for row in tables.queue if row.ssn not in kennitalas or row.status != SYNCED]
        for row in tables.queue:
            if row.ssn in kennitalas:
                row.fields_changed, row.error_message = {}, None
        rows = [(ssn, tables.shadows[ssn].rev) for ssn in sorted(kennitalas)]
        MemoryOutbox(tables).keep_dirty(
            [{"ssn": ssn, "action": "delete", "fields_changed": {}, "rev": rev} for ssn, rev in rows], 0
        )

    def drop(self, kennitalas):
        """Remove what was made only to ask about these people, of whom neither side has anything."""
        MemoryMoves(self._tables).forget(kennitalas)
        for ssn in kennitalas:
            del self._tables.shadows[ssn]
        self._tables.queue = [row for row in self._tables.queue if row.ssn not in kennitalas]

    def log_conflicts(self, losses):
        """Pairs (kennitala, Lost)."""
        self._tables.conflicts.extend(LoggedConflict(ssn, lost) for ssn, lost in losses)
