"""What the proof reports: an invariant of docs/sync.md that is broken."""

from __future__ import annotations


class ViolationError(AssertionError):
    """The message begins with the invariant's number."""

    def __init__(self, invariant: str, what: str) -> None:
        super().__init__(f"{invariant}: {what}")
        self.invariant = invariant
