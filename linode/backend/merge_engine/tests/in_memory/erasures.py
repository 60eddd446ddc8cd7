"""Erasures on a dictionary: the interface of `sync/erasures.py`."""

import copy
import uuid

from merge_engine.erased_keys import REASON
from merge_engine.tests.in_memory.outbox import MemoryOutbox
from merge_engine.tests.in_memory.tables import PENDING, Erasure

LAST_WORKERS = 15 * 60
"""Seconds."""


class MemoryErasures:
    """The last erasure of each person, while the register remembers it."""

    def __init__(self, tables):
        self._tables = tables

    def of(self, kennitalas):
        """By kennitala."""
        known = self._tables.erasures
        return {ssn: copy.copy(known[ssn]) for ssn in kennitalas if ssn in known}

    def note(self, rows):
        """These are done again: (kennitala, erasure, whether the person has joined again since)."""
        for ssn, erasure, let_in in rows:
            listed = self._tables.now if let_in else None
            self._tables.erasures[ssn] = Erasure(erasure, self._tables.now, listed, let_in)

    def order(self, kennitala):
        """A new one."""
        self._tables.erasures[kennitala] = Erasure(str(uuid.uuid4()), self._tables.now)

    def to_carry_out(self, limit):
        """The oldest first: dicts of kennitala and erasure."""
        tables = self._tables
        for ssn, shadow in tables.shadows.items():
            if shadow.erased and ssn not in tables.erasures:
                self.order(ssn)
        waiting = [
            (it.ordered_at, ssn, it.erasure)
            for ssn, it in tables.erasures.items()
            if not it.let_in and (it.listed is None or (self._is_over(it) and ssn not in tables.members))
        ]
        return [{"kennitala": ssn, "erasure": erasure} for _, ssn, erasure in sorted(waiting)[:limit]]

    def carried_out(self, done):
        """The cloud has forgotten these people: pairs of kennitala and erasure."""
        tables = self._tables
        for ssn, erasure in done:
            row = tables.erasures.get(ssn)
            if row is None or row.erasure != erasure:
                continue
            if row.listed is None:
                row.listed = tables.now
            elif not row.let_in and self._is_over(row) and not self._is_needed(ssn):
                tables.queue = [it for it in tables.queue if it.ssn != ssn]
                tables.intents = {key: it for key, it in tables.intents.items() if it.ssn != ssn}
                del tables.erasures[ssn]
                del tables.shadows[ssn]

    def let_in(self, kennitala):
        """Staff say that a person who is held joined again; whether anybody was asked about them."""
        shadow = self._tables.shadows.get(kennitala)
        held = shadow.held if shadow is not None else None
        if not held or held["reason"] != REASON:
            return False
        shadow.base, shadow.tombstone, shadow.erased, shadow.held = None, None, True, None
        now = self._tables.now
        self._tables.erasures[kennitala] = Erasure(held["erasure"], now, now, True)
        for row in self._tables.queue:
            if row.ssn == kennitala and row.status == PENDING:
                row.next_attempt_at = now
        row = {"ssn": kennitala, "action": "create", "fields_changed": {}, "rev": shadow.rev}
        MemoryOutbox(self._tables).keep_dirty([row], 0)
        return True

    def _is_over(self, row):
        return row.listed is not None and abs(row.listed - self._tables.now) > LAST_WORKERS

    def _is_needed(self, ssn):
        live = any(it.ssn == ssn and it.live for it in self._tables.intents.values())
        moving = any(it.is_open and ssn in (it.old, it.new) for it in self._tables.moves.values())
        return ssn in self._tables.members or live or moving
