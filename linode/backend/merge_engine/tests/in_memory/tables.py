"""The tables that the sync works on, and what their capture trigger does (`sync/sql/capture.sql`)."""

from typing import Any, NamedTuple

from merge_engine.epoch import Epoch
from merge_engine.moves import NEVER, Move

PENDING, SYNCED, FAILED = "pending", "synced", "failed"


class Shadow:
    """A row of `sync_shadow`."""

    def __init__(self, ssn):
        self.ssn = ssn
        self.rev = 0
        self.base = None  # type: Optional[Dict[str, Any]]
        self.tombstone = None  # type: Optional[Dict[str, Any]]
        self.read_time = 0
        self.erased = False
        self.held = None  # type: Optional[Dict[str, str]]
        self.resting = None  # type: Optional[Dict[str, str]]
        self.mark = None  # type: Optional[Dict[str, Any]]


class Erasure:
    """A row of `sync_erasure`. `listed`: since when the list is known to have it, or None."""

    def __init__(self, erasure, ordered_at, listed=None, let_in=False):
        self.erasure = erasure
        self.ordered_at = ordered_at
        self.listed = listed
        self.let_in = let_in


class Intent:
    """A row of `sync_intent`."""

    def __init__(self, operation, ssn, rev, document, precondition_time, created_at):
        self.operation = operation
        self.ssn = ssn
        self.rev = rev
        self.document = document
        self.precondition_time = precondition_time
        self.live = True
        self.landed = None  # type: Optional[bool]
        self.created_at = created_at


class QueueRow:
    """A row of `membership_membersyncqueue`."""

    def __init__(self, number, ssn, action, fields_changed, rev, created_at, changed_by="staff"):
        self.id = number
        self.ssn = ssn
        self.action = action
        self.fields_changed = fields_changed
        self.changed_by = changed_by
        self.rev = rev
        self.status = PENDING
        self.created_at = created_at
        self.retry_count = 0
        self.error_message = None  # type: Optional[str]
        self.next_attempt_at = created_at
        self.leased_until = None  # type: Optional[float]
        self.dead = False


class LoggedConflict(NamedTuple):
    """A row of `sync_conflict`: whose, and what was lost (`merge.Lost`)."""

    ssn: str
    lost: Any


class Tables:
    """Everything that PostgreSQL holds of the sync. `now` is its clock, in seconds; its owner moves it on.

    `members` holds columns by field path, as a query gives them.
    """

    def __init__(self):
        self.members = {}  # type: Dict[str, Dict[str, Any]]
        self.shadows = {}  # type: Dict[str, Shadow]
        self.intents = {}  # type: Dict[str, Intent]
        self.queue = []
        self.conflicts = []
        self.erasures = {}  # type: Dict[str, Erasure]
        self.epoch = Epoch()
        self.moves = {}  # type: Dict[str, Move]
        self.now = 0.0
        self.applying = False
        self.next_member = 1
        self.next_row = 1
        self.captures = 0
        """Changes that the trigger captured; rows of the queue go in time."""

    def take_row_number(self):
        """The next value of the queue's sequence; a row may be seen long after its number was taken."""
        self.next_row += 1
        return self.next_row - 1

    def capture(self, ssn, action, fields_changed, number=None, created_at=None):
        """What `sync_mark` does for one edit in a transaction of its own; nothing while the sync writes."""
        if action == "create" and ssn in self.moves and not self.moves[ssn].is_open:
            del self.moves[ssn]
        if self.applying:
            return
        self.captures += 1
        shadow = self.shadows.setdefault(ssn, Shadow(ssn))
        shadow.rev += 1
        number = self.take_row_number() if number is None else number
        created_at = self.now if created_at is None else created_at
        self.queue.append(QueueRow(number, ssn, action, fields_changed, shadow.rev, created_at))

    def note_move(self, old, new):
        """What `sync_note_move` does (`sync/sql/moves.sql`), after both numbers were captured."""
        both = [move.read_time for move in self.moves.values() if {move.old, move.new} & {old, new}]
        times = [self.shadows[number].read_time for number in (old, new)]
        read_time = max(both + [time for time in times if time != NEVER])
        self.moves = {
            move.old: move._replace(new=new if move.new == old else move.new)
            for move in self.moves.values()
            if move.old != new
        }
        self.moves[old] = Move(old, new, True, read_time)
        for number in (old, new):
            self.shadows[number].read_time = NEVER
        self.conflicts = [item._replace(ssn=new) if item.ssn == old else item for item in self.conflicts]

    def unsynced(self, ssn):
        """The member's rows that are not synced."""
        return [row for row in self.queue if row.ssn == ssn and row.status != SYNCED]
