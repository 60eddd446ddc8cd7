"""The one table of what is synced: `field_map.json`, which the cloud's half carries as an identical copy."""

import json
import os
from typing import NamedTuple, Optional, Union

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "field_map.json")

MEMBER_WINS = "member_wins"
STAFF_WINS = "staff_wins"
DJANGO_ALWAYS = "django_always"

NUMBER = "membership.djangoId"
GIVEN = ("kennitala", NUMBER)
"""What a member is given here and nobody chooses: a new number is no edit."""


class Field(NamedTuple):
    """One synced field.

    `path` in the Firestore document (dotted), `model` and `column` here, `type` (see conversions.py),
    `policy` of a conflict. `required`: the column cannot be empty, so a document without the field states
    nothing about it; `default` is what a member who is new here gets then. `max_length` in characters.
    """

    path: str
    model: str
    column: str
    type: str
    policy: str
    required: bool
    default: Optional[Union[str, bool]] = None
    max_length: Optional[int] = None


def load():
    """Read the table, in its order."""
    with open(PATH, encoding="utf-8") as file:
        return tuple(Field(**entry) for entry in json.load(file))


FIELDS = load()
BY_PATH = {field.path: field for field in FIELDS}


def columns_of(model):
    """The fields that live in one model (`membership.Comrade`), in the table's order."""
    return [field for field in FIELDS if field.model == model]
