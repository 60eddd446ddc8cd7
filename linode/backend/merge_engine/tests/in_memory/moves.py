"""Corrected kennitalas on a dictionary: the interface of `sync/moves.py`."""

from merge_engine.moves import NEVER


class MemoryMoves:
    """Moves by old number."""

    def __init__(self, tables):
        self._tables = tables

    def among(self, kennitalas):
        """The moves that begin or end at one of these numbers."""
        moves = sorted(self._tables.moves.values())
        return [move for move in moves if move.old in kennitalas or move.new in kennitalas]

    def note_read(self, read):
        """When the documents of open moves were read: pairs (kennitala, nanoseconds)."""
        for kennitala, time in read:
            for move in self._open_at(kennitala):
                later = max(move.read_time, time)
                self._tables.moves[move.old] = move._replace(read_time=later)
                self._tables.shadows[kennitala].read_time = NEVER

    def close(self, olds):
        """Nothing is left at these numbers.

        A move is forgotten if its number has been given to somebody else, or if its member was erased.
        """
        for move in [self._tables.moves[old] for old in olds if old in self._tables.moves]:
            self._tables.moves[move.old] = move._replace(is_open=False)
            if move.old in self._tables.members or self._tables.shadows[move.old].erased:
                del self._tables.moves[move.old]
            for number in (move.old, move.new):
                shadow = self._tables.shadows[number]
                if shadow.read_time == NEVER and not self._open_at(number):
                    shadow.read_time = move.read_time

    def numbers_of(self, kennitalas):
        """All numbers that these members have or had: number → the present one."""
        olds = {move.old: move.new for move in self._tables.moves.values() if move.new in kennitalas}
        return dict(olds, **{kennitala: kennitala for kennitala in kennitalas})

    def forget(self, kennitalas):
        """No move leads from or to these numbers any more."""
        olds = [move.old for move in self.among(kennitalas)]
        self.close(olds)
        for old in olds:
            self._tables.moves.pop(old, None)

    def _open_at(self, kennitala):
        return [move for move in self.among([kennitala]) if move.is_open]
