"""Which members of a batch are merged with which: those of one move, together; everybody else, alone."""

from merge_engine.moves import Source, at_old_number, is_away, waits_for_others


class Together:
    """The members of a batch (kennitala → presented, known), and the moves that begin or end with them."""

    def __init__(self, members, moves):
        self._members = members
        self._moves = moves
        begins = {move.old: move for move in moves}
        self._away = {key: begins[key] for key in members if is_away(begins.get(key), members[key][1])}

    def at_their_numbers(self, decide_one):
        """The verdicts by kennitala, without those of the old numbers. `decide_one(kennitala, sources)`."""
        return {key: self._decided(key, decide_one) for key in self._members if key not in self._away}

    def at_old_numbers(self, verdicts, read_time):
        """The verdicts on the old numbers, which follow from those on the new ones."""
        return {
            key: at_old_number(*self._members[key], move, verdicts.get(move.new), read_time)
            for key, move in self._away.items()
        }

    def _decided(self, key, decide_one):
        presented = self._members[key][0]
        ending = [move for move in self._moves if move.new == key]
        wanted = [move.old for move in ending if move.is_open]
        is_alone = not set(wanted) <= set(self._away)
        sources = [Source(*self._members[move.old]) for move in ending if self._counts(move)]
        if is_alone or (sources and not presented.knows_moves):
            return waits_for_others(presented, wanted)
        return decide_one(key, sources)

    def _counts(self, move):
        return move.old in self._away and (move.is_open or self._members[move.old][0].document is not None)
