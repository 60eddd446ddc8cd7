"""A corrected kennitala: what the document at the new number holds, once it takes over those at old ones.

It gets everything that the sync does not carry: roles, *verified*, and what else stands beside the synced
fields. `movedFrom` names the old numbers until the rights of their users are carried over, too
(`members/moved_rights.py`). Pure: what is read and written is `firestore_moves`'s.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .documents import MARK, MemberWrite
from .field_map import FieldMap

MOVED_FROM = "movedFrom"
ROLES = "roles"
VERIFIED = "verified"
SETS_ITSELF = "updatedAt"

Fields = Mapping[str, Any]


@dataclass(frozen=True)
class Old:
    """A document that is taken over, whole."""

    kennitala: str
    fields: Fields


def whole(field_map: FieldMap, write: MemberWrite, olds: Sequence[Old]) -> dict[str, Any]:
    """The new document, if none there counts: the first old one with what Django decided, and the others'."""
    synced = [name for name in field_map.roots if name in olds[0].fields]
    document = {name: copy.deepcopy(olds[0].fields[name]) for name in synced}
    for path, value in (field_map.stated(write.document or {}) | write.mark).items():
        set_at(document, path, value)
    return beside(field_map, {}, olds) | document


def beside(field_map: FieldMap, new: Fields, olds: Sequence[Old]) -> dict[str, Any]:
    """What the document at the new number gets beside the synced fields.

    What it has stays; what it lacks comes from the first that has it. A role that any of them names is kept,
    and so is *verified*.
    """
    documents = [new, *[old.fields for old in olds]]
    left_out = {*field_map.roots, MARK, SETS_ITSELF, *new}
    taken: dict[str, Any] = {}
    for fields in documents[1:]:
        taken = {name: value for name, value in fields.items() if name not in left_out} | taken
    if any(fields.get(VERIFIED) is True for fields in documents):
        taken[VERIFIED] = True
    if roles := _joined(fields.get(ROLES) for fields in documents):
        taken[ROLES] = roles
    numbers = [fields.get(MOVED_FROM) for fields in documents] + [[old.kennitala] for old in olds]
    return taken | {MOVED_FROM: _joined(numbers)}


def set_at(document: dict[str, Any], path: str, value: Any) -> None:
    """Set a nested field; what stands in place of a map gives way to one, as in Firestore."""
    *parents, leaf = path.split(".")
    place = document
    for parent in parents:
        if not isinstance(place.get(parent), dict):
            place[parent] = {}
        place = place[parent]
    place[leaf] = value


def _joined(lists: Iterable[Any]) -> list[str]:
    texts = [text for one in lists if isinstance(one, list) for text in one if isinstance(text, str)]
    return list(dict.fromkeys(texts))
