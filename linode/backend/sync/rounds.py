"""How far the comparison of all members has come: a run that ends early is gone on with by the next one.

A round goes through every member once, in the order of the kennitala, in one run or in several. At most one
row is kept. A run that never came to its end leaves `running_since` behind.
"""

from membership.models import Comrade

from sync.models import ComparisonRound
from sync.statements import execute

CUT_OFF_MINUTES = 15
"""Longer than any run: it was killed."""


def begin():
    """A run begins: after which kennitala it is to go on, and when the run before began if it was cut off."""
    after, cut_off = execute("begin_round", [CUT_OFF_MINUTES])[0]
    return {"after": after, "cut_off": cut_off, "left": None}


def end(reached):
    """A run ends: everybody up to `reached` was looked at, or everybody at all (None); how many are left."""
    execute("end_round", [reached or "", reached is None])
    left = 0 if reached is None else Comrade.objects.filter(ssn__gt=reached).count()
    return {"after": reached or "", "cut_off": None, "left": left}


def standing():
    """When the last whole round ended and the present one began, and since when a run has been at work."""
    row = ComparisonRound.objects.first()
    if row is None:
        return None
    return {
        "completed_at": row.completed_at,
        "began_at": row.began_at,
        "is_complete": not row.after,
        "running_since": row.running_since,
    }
