"""Corrected kennitalas in PostgreSQL, for many members at once (`merge_engine.moves`)."""

import json

from membership.models import Comrade
from merge_engine.moves import Move as Known

from sync.models import Move, Shadow
from sync.statements import execute


def among(kennitalas):
    """The moves that begin or end at one of these numbers."""
    numbers = list(kennitalas)
    return [Known(*row) for row in execute("moves_among", [numbers, numbers])]


def note_read(read):
    """When the documents of open moves were read: pairs (kennitala, nanoseconds)."""
    if read:
        rows = [{"ssn": kennitala, "read_time": time} for kennitala, time in read]
        execute("note_move_read", [json.dumps(rows)])


def close(olds):
    """Nothing is left at these numbers. A move is forgotten if its number has been given to somebody else, or
    if its member was erased.
    """
    if olds:
        execute("close_moves", [olds, olds])
        taken = list(Comrade.objects.filter(ssn__in=olds).values_list("ssn", flat=True))
        erased = list(Shadow.objects.filter(ssn__in=olds, erased=True).values_list("ssn", flat=True))
        Move.objects.filter(old_ssn__in=taken + erased, is_open=False).delete()


def numbers_of(kennitalas):
    """All numbers that these members have or had: number → the present one."""
    olds = dict(Move.objects.filter(new_ssn__in=kennitalas).values_list("old_ssn", "new_ssn"))
    return dict(olds, **{kennitala: kennitala for kennitala in kennitalas})


def forget(kennitalas):
    """No move leads from or to these numbers any more."""
    olds = [move.old for move in among(kennitalas)]
    close(olds)
    Move.objects.filter(old_ssn__in=olds).delete()
