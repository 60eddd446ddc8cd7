"""The queue on a list: the interface of `sync/outbox.py`, without indexes and locks."""

import random

from merge_engine.tests.in_memory.tables import FAILED, PENDING, SYNCED, QueueRow

GRACE_SECONDS = 30
FIRST_RETRY_SECONDS = 5
LONGEST_RETRY_SECONDS = 3600
LONGEST_SECONDS = 3600
"""A lease or a wait that ends later is from a clock that has been set back, and is over."""


class MemoryOutbox:
    """Rows are found by status, never by a cursor."""

    def __init__(self, tables):
        self._tables = tables

    def claim(self, worker, limit, lease_seconds):
        """Lease up to `limit` members that no other worker holds; their pending rows."""
        held = {row.ssn for row in self._tables.queue if row.status == PENDING and self._is_leased(row)}
        due = dict.fromkeys(row.ssn for row in self._by_age() if self._is_due(row) and row.ssn not in held)
        taken = list(due)[:limit]
        rows = [row for row in self._by_age() if row.status == PENDING and row.ssn in taken]
        for row in rows:
            row.leased_until = self._tables.now + lease_seconds
        return rows

    def pending(self, limit):
        """The oldest pending rows."""
        return [row for row in self._by_age() if row.status == PENDING][:limit]

    def due_count(self):
        """How many rows could be claimed now."""
        return sum(self._is_due(row) for row in self._tables.queue)

    def deleted(self, kennitalas):
        """Those whose last captured change is that somebody deleted the member here."""
        captured = [row for row in self._tables.queue if row.changed_by != "sync" and row.ssn in kennitalas]
        last = {row.ssn: row.action for row in sorted(captured, key=lambda row: (row.rev, row.id))}
        return {ssn for ssn, action in last.items() if action == "delete"}

    def finish(self, kennitalas):
        """All rows of these members are synced."""
        for row in self._tables.queue:
            if row.ssn in kennitalas:
                self._finish(row)

    def finish_up_to(self, revisions):
        """Pairs (kennitala, rev): rows up to that revision are synced."""
        up_to = dict(revisions)
        for row in self._tables.queue:
            if row.ssn in up_to and row.rev <= up_to[row.ssn]:
                self._finish(row)

    def keep_dirty(self, rows, grace_seconds=GRACE_SECONDS):
        """Make sure that each of these members has a pending row."""
        self._insert_where_none(rows, lambda row: row.status == PENDING, grace_seconds)

    def fail(self, failures):
        """Let the rows wait, or give up those up to the revision of the failed attempt."""
        blank = [dict(failure, action="update", fields_changed={}, rev=0) for failure in failures]
        self._insert_where_none(blank, lambda row: row.status != SYNCED, 0)
        for failure in failures:
            blamed = self._blamed_revision(failure["ssn"])
            for row in self._tables.unsynced(failure["ssn"]):
                self._fail(row, failure["message"], failure["permanent"] and row.rev <= blamed)

    def _blamed_revision(self, ssn):
        intents = [
            intent.rev for intent in self._tables.intents.values() if intent.ssn == ssn and intent.live
        ]
        letters = [row.rev for row in self._tables.queue if row.ssn == ssn and row.dead]
        return max(intents or letters or [2**63 - 1])

    def _fail(self, row, message, dies):
        longest = min(LONGEST_RETRY_SECONDS, FIRST_RETRY_SECONDS * 2.0 ** min(row.retry_count, 20))
        row.next_attempt_at = self._tables.now + random.random() * longest  # nosec B311
        row.retry_count += 1
        row.error_message = message
        row.leased_until = None
        if dies:
            row.status, row.dead = FAILED, True

    @staticmethod
    def _finish(row):
        row.status, row.leased_until, row.dead, row.error_message = SYNCED, None, False, None

    def _insert_where_none(self, rows, condition, grace_seconds):
        for row in rows:
            if not any(other.ssn == row["ssn"] and condition(other) for other in self._tables.queue):
                number = self._tables.take_row_number()
                values = (
                    row["ssn"],
                    row["action"],
                    row["fields_changed"],
                    row["rev"],
                    self._tables.now,
                    "sync",
                )
                new = QueueRow(number, *values)
                new.next_attempt_at += grace_seconds
                self._tables.queue.append(new)

    def _by_age(self):
        return sorted(self._tables.queue, key=lambda row: (row.created_at, row.id))

    def _is_leased(self, row):
        now = self._tables.now
        return row.leased_until is not None and now <= row.leased_until <= now + LONGEST_SECONDS

    def _is_due(self, row):
        now = self._tables.now
        waits = now < row.next_attempt_at <= now + LONGEST_SECONDS
        return row.status == PENDING and not waits and not self._is_leased(row)
