"""What a sheet of members would write over in the register, and what it leaves as it is.

A sheet is older than it looks: people edit while it is prepared. A line may carry its `base`, what its
author began from: then only what was changed since is written. Whatever else differs from the register is
somebody's edit that the author may never have seen.
"""

from merge_engine.conversions import UnconvertibleError, from_column, from_wire
from merge_engine.documents import same
from merge_engine.field_map import FIELDS
from merge_engine.merge import DJANGO, Lost

REASON = "written over by load_register"
UNREADABLE = object()
"""Equals no value."""


def wire_of(field, value):
    """The wire value of what a line holds: choices by their number, all else as the cloud has it."""
    if value is None or field.type == "numbered_choice":
        return from_column(field, value)
    return from_wire(field, value)


def compare(member, base, columns):
    """The member to write (by column), and what it would write over that its author may not have seen.

    `member` and `base` (None: the line has none) by column, `columns` as the register selects them, by path.
    """
    written, lost = dict(member), []
    for field in [field for field in FIELDS if field.column in member]:
        wanted, there = wire_of(field, member[field.column]), _there(field, columns[field.path])
        if same(wanted, there):
            continue
        seen = UNREADABLE if base is None else wire_of(field, base[field.column])
        if same(wanted, seen):
            written[field.column] = columns[field.path]
        elif not same(there, seen):
            lost.append(Lost(field.path, DJANGO, _shown(there, columns[field.path]), wanted, REASON))
    return written, lost


def _there(field, value):
    try:
        return from_column(field, value)
    except UnconvertibleError:
        return UNREADABLE


def _shown(there, value):
    return value if there is UNREADABLE else there
