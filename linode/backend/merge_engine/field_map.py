"""The one table of what is synced: `field_map.json`. All else that depends on it is written by `make fields`.

What the portal's form needs of a field (editor, group, widget) is in the table too, and not read here.
"""

import json
import os
from typing import NamedTuple, Optional, Tuple, Union

PATH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "field_map.json")

MEMBER_WINS = "member_wins"
STAFF_WINS = "staff_wins"
DJANGO_ALWAYS = "django_always"

NUMBER = "membership.djangoId"
GIVEN = ("kennitala", NUMBER)
"""What the register gives a member and nobody chooses; a new number does not count as an edit."""


class Field(NamedTuple):
    """One synced field.

    `path` in the Firestore document (dotted), `model` and `column` here, `type` (see conversions.py),
    `policy` of a conflict. `required`: there always is a value, so a document without the field states
    nothing about it; `default` is what a member who is new here gets then, and what an empty column means.
    `max_length` in UTF-16 units. `pattern`: what the whole canonical value matches. `choices`: all names, in
    the order of the numbers that stand for them.
    """

    path: str
    model: str
    column: str
    type: str
    policy: str
    required: bool
    default: Optional[Union[str, bool]] = None
    max_length: Optional[int] = None
    pattern: Optional[str] = None
    choices: Optional[Tuple[str, ...]] = None


def load():
    """Read the table, in its order."""
    with open(PATH, encoding="utf-8") as file:
        return tuple(_field(row) for row in json.load(file))


def _field(row):
    known = {name: row[name] for name in Field._fields if name in row}
    if "choices" in known:
        known["choices"] = tuple(known["choices"])
    return Field(**known)


FIELDS = load()
BY_PATH = {field.path: field for field in FIELDS}


def columns_of(model):
    """The fields that live in one model (`membership.Comrade`), in the table's order."""
    return [field for field in FIELDS if field.model == model]
