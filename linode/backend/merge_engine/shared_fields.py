"""Which fields both halves know. The field map of each half travels with every call of the sync's API.

The two halves are deployed one after the other and may be rolled back one by one, so for a while one may know
a field that the other does not. Then that field stays as it is on both sides, and so does what both last
agreed on about it; every other field goes on. Two fields are the same if path and type are.
"""

import hashlib
import json
import re
from typing import FrozenSet, NamedTuple, Optional, Tuple

from merge_engine.field_map import FIELDS, NUMBER, PATH, Field

FORM = "1"
"""The form of the text that travels: `1 HASH path=type,path=type,…`, the hash of the whole field map."""
TEXT = re.compile(
    r"\A1 (?P<hash>[0-9a-f]{64}) (?P<fields>[A-Za-z0-9_.]+=[a-z_]+(,[A-Za-z0-9_.]+=[a-z_]+)*)\Z"
)
LONGEST = 8000

INDISPENSABLE = ("kennitala", "name", "membership.joined", NUMBER)
"""Without one of these, neither half can make a member."""
WAITS = "the halves know different fields; this waits until both have the same release"

BEFORE = frozenset(
    {
        "kennitala=kennitala",
        "name=text",
        "profile.birthday=date",
        "profile.email=email",
        "profile.phone=phone",
        "profile.address.street=text",
        "profile.address.postalcode=text",
        "profile.address.city=text",
        "profile.gender=numbered_choice",
        "profile.housingSituation=numbered_choice",
        "profile.reachable=boolean",
        "profile.groupable=boolean",
        "membership.status=choice",
        "membership.joined=timestamp",
        "membership.djangoId=integer",
    }
)
"""What a half knows that does not say it: the field map of the last release before it travelled."""


class OtherMapError(ValueError):
    """A field map with which nothing can be synced; says why."""


class Shared(NamedTuple):
    """`fields`: those that both know. `apart`: the paths that one alone knows, or as another type.

    `cloud`: the hash of the cloud's whole map, None if it does not say.
    """

    fields: Tuple[Field, ...] = FIELDS
    apart: FrozenSet[str] = frozenset()
    cloud: Optional[str] = None

    def of(self, values):
        """Those of a flat map of values that both know."""
        return None if values is None else {field.path: values[field.path] for field in self.fields}


def _named(path, kind):
    return "{}={}".format(path, kind)


def _own_hash():
    with open(PATH, encoding="utf-8") as file:
        rows = json.load(file)
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


HERE = _own_hash()
"""The hash of this half's field map; the other half makes its own in the same way."""
TOLD = "{} {} {}".format(FORM, HERE, ",".join(_named(field.path, field.type) for field in FIELDS))
"""What this half says."""
WHOLE = Shared(cloud=HERE)


def shared(told):
    """What both halves know, if the other says `told` (None: nothing). Raises OtherMapError."""
    found = None if told is None else TEXT.match(told)
    if told is not None and (found is None or len(told) > LONGEST):
        raise OtherMapError("the other half tells its fields in a form that this one does not read")
    theirs = BEFORE if found is None else frozenset(found.group("fields").split(","))
    ours = {_named(field.path, field.type): field for field in FIELDS}
    both = tuple(field for name, field in ours.items() if name in theirs)
    missing = set(INDISPENSABLE) - {field.path for field in both}
    if missing:
        raise OtherMapError("the other half does not know {}".format(", ".join(sorted(missing))))
    apart = frozenset(name.partition("=")[0] for name in theirs.symmetric_difference(ours))
    return Shared(both, apart, found.group("hash") if found else None)
