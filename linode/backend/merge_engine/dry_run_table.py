"""The table of a dry run: for each member and field, what would be written, on which side, and why."""

import json
from typing import Any, NamedTuple

from merge_engine.conversions import UNSEEN
from merge_engine.kennitala import masked
from merge_engine.merge import DJANGO, FIRESTORE

LOG, REFUSED = "conflict log", "nowhere"
UNKNOWN = "not a field, so not synced"
HEADINGS = ("kennitala", "written to", "field", "from", "to", "why")
LONGEST_CELL = 40


class Row(NamedTuple):
    """One change.

    `where`: `django` or `firestore`; LOG for a value that loses; REFUSED for an error, an unknown
    field, or a value that rests.
    """

    kennitala: str
    where: str
    field: str
    before: Any
    after: Any
    reason: str


def rows(plan, unmasked=False):
    """The rows of a plan, in the order of the kennitala."""
    ordered = sorted(plan, key=lambda entry: entry["kennitala"])
    found = [row for entry in ordered for row in _rows_of(entry)]
    return found if unmasked else [_masked(row) for row in found]


def table(found):
    """The rows as lines of text, with a heading."""
    lines = [HEADINGS] + [tuple(_cell(value) for value in row) for row in found]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADINGS))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in lines]


def _rows_of(entry):
    kennitala = entry["kennitala"]
    if entry["error"]:
        yield Row(kennitala, REFUSED, "", None, None, entry["error"]["message"])
    for path in entry.get("unknown_fields", []):
        yield Row(kennitala, REFUSED, path, None, None, UNKNOWN)
    for path, reason in sorted(entry.get("resting", {}).items()):
        yield Row(kennitala, REFUSED, path, None, None, reason)
    for where in (DJANGO, FIRESTORE):
        for change in entry["changes"][where]:
            yield Row(
                kennitala, where, change["field"], change["before"], change["after"], change["reason"] or ""
            )
    for lost in entry["conflicts"]:
        kept = FIRESTORE if lost["lost_on"] == DJANGO else DJANGO
        reason = "{}; what {} holds is lost".format(lost["reason"], lost["lost_on"])
        yield Row(kennitala, LOG, lost["field"], lost[lost["lost_on"]], lost[kept], reason)


def _masked(row):
    """The row with every kennitala masked: the key, and in the other cells."""
    before, after = (_without(row.kennitala, row.field, value) for value in (row.before, row.after))
    field = row.field.replace(row.kennitala, masked(row.kennitala))
    return row._replace(kennitala=masked(row.kennitala), field=field, before=before, after=after)


def _without(kennitala, field, value):
    if not isinstance(value, str):
        return value
    return masked(value) if field == "kennitala" else value.replace(kennitala, masked(kennitala))


def _cell(value):
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    text = " ".join(UNSEEN.sub(" ", text).split())
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "\u2026"
