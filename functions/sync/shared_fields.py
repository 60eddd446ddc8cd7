"""Which fields both halves know. The field map of each half travels with every call of Django's sync API.

The two halves are deployed one after the other and may be rolled back one by one. A field that one of them
does not know stays as it is on both sides (docs/adr/0063). `merge_engine/shared_fields.py` says the same in
Django's half, and the text that travels is `1 HASH path=type,path=type,…`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from .field_map import FieldMap

HEADER = "Ekklesia-Field-Map"
FORM = "1"
TEXT = re.compile(r"1 (?P<hash>[0-9a-f]{64}) (?P<fields>[A-Za-z0-9_.]+=[a-z_]+(?:,[A-Za-z0-9_.]+=[a-z_]+)*)")
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
"""What a Django knows that does not say it: the field map of the last release before it travelled."""


@dataclass(frozen=True)
class Shared:
    """`paths`: what both know. `apart`: what one alone knows, or as another type.

    `alike`: whether both have the very same field map, as far as Django says.
    """

    paths: frozenset[str]
    apart: frozenset[str]
    alike: bool

    def is_apart(self, path: str) -> bool:
        """Whether this path, or all that lies beneath it, is a field that one half alone knows."""
        return any(name == path or name.startswith(f"{path}.") for name in self.apart)

    def as_result(self) -> dict[str, object]:
        """What the result of a run says of it."""
        return {"alike": self.alike, "resting": sorted(self.apart)}


def told(field_map: FieldMap) -> str:
    """What this half says."""
    return f"{FORM} {field_map.content_hash} {','.join(_named(field_map))}"


def shared(field_map: FieldMap, heard: str | None) -> Shared:
    """What both know if Django says this (None: nothing). What cannot be read counts as nothing."""
    found = TEXT.fullmatch(heard) if heard is not None else None
    theirs = frozenset(found["fields"].split(",")) if found else BEFORE
    ours = frozenset(_named(field_map))
    apart = _paths(ours ^ theirs)
    alike = found["hash"] == field_map.content_hash if found else not apart
    return Shared(_paths(ours & theirs), apart, alike)


def _named(field_map: FieldMap) -> list[str]:
    return [f"{field.path}={field.type}" for field in field_map.fields]


def _paths(names: Iterable[str]) -> frozenset[str]:
    return frozenset(name.partition("=")[0] for name in names)
